// input(gray8), resize(28, 28, nearest_exact), normalize(), output(gray, f32, chw)

const _: () = {
    use ::pixfuse::rt;
    impl rt::Body<1> for Unit {
        type Load = rt::Interleaved<1>;
        type Store = rt::Planes<f32>;
        const MAP: rt::MapForm = rt::MapForm::MulAdd;
        const DIRECT: rt::Direct = rt::Direct::OneTap;
        /// load      gray8 hwc
        /// frame     28 x 28
        /// resample  nearest_exact: 1 pixel, equal to Pillow NEAREST
        /// map       fma(x, [0.003921569], [0.0]): one multiply-add
        /// store     gray f32 chw
        ///
        /// The factors are scale / (std + eps) and the offsets -mean / (std + eps) of
        /// `normalize()`.
        #[inline(always)]
        fn pixels<S: rt::Simd>(
            simd: S,
            pixel: [S::I32; 1],
            _: &rt::Numbers<'_>,
        ) -> [S::F32; 1] {
            let [y] = pixel;
            let y = simd.mul_add_u8(y, 0.003921569, 0.0);
            [y]
        }
    }
    impl ::pixfuse::Declared for Unit {
        const ENTRY: ::pixfuse::Entry = ::pixfuse::Entry::new(
            "Unit",
            "input(gray8), resize(28, 28, nearest_exact), normalize(), output(gray, f32, chw)",
            rt::Kernel::of::<Unit, 1>(),
        );
    }
    impl Unit {
        /// Makes the pipeline.
        ///
        /// # Panics
        /// When the environment variable `PIXFUSE_LEVEL` names a level that this CPU lacks.
        pub fn pipeline() -> ::pixfuse::Pipeline {
            match ::pixfuse::Pipeline::from_entry(
                &<Self as ::pixfuse::Declared>::ENTRY,
            ) {
                ::core::result::Result::Ok(pipeline) => pipeline,
                ::core::result::Result::Err(error) => ::core::panic!("{error}"),
            }
        }
    }
};
