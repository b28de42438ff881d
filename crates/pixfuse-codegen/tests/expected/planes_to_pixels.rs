// input(rgba8, chw), output(rgba, f32, hwc)

const _: () = {
    use ::pixfuse::rt;
    impl rt::Body<4> for Interleaved {
        type Load = rt::Planar<4>;
        type Store = rt::Pixels<f32>;
        const MAP: rt::MapForm = rt::MapForm::MulAdd;
        /// load      rgba8 chw
        /// resample  none: every source pixel once
        /// map       convert: u8 to f32
        /// store     rgba f32 hwc
        #[inline(always)]
        fn pixels<S: rt::Simd>(
            simd: S,
            pixel: [S::I32; 4],
            _: &rt::Numbers<'_>,
        ) -> [S::F32; 4] {
            let [r, g, b, a] = pixel;
            let r = simd.convert(r);
            let g = simd.convert(g);
            let b = simd.convert(b);
            let a = simd.convert(a);
            [r, g, b, a]
        }
    }
    impl ::pixfuse::Declared for Interleaved {
        const ENTRY: ::pixfuse::Entry = ::pixfuse::Entry::new(
            "Interleaved",
            "input(rgba8, chw), output(rgba, f32, hwc)",
            rt::Kernel::of::<Interleaved, 4>(),
        );
    }
    impl Interleaved {
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
