// input(bgr8), resize(240, 256, bilinear), normalize(mean = [0.485, 0.456, 0.406], std = [0.229, 0.224, 0.225]), output(rgb, f32, chw)

const _: () = {
    use ::pixfuse::rt;
    impl rt::Body<3> for Classifier {
        type Load = rt::Interleaved<3>;
        type Store = rt::Planes<f32>;
        const MAP: rt::MapForm = rt::MapForm::MulAdd;
        const DIRECT: rt::Direct = rt::Direct::TwoTaps;
        /// load      bgr8 hwc
        /// frame     240 x 256
        /// resample  bilinear: 2 rows x 2 columns, 11-bit weights, equal to OpenCV INTER_LINEAR
        /// map       fma(x, [0.017124753, 0.017507004, 0.017429193], [-2.117904, -2.0357144, -1.8044444]): one multiply-add
        /// store     rgb f32 chw, channels from [2, 1, 0] of the source
        ///
        /// The factors are scale / (std + eps) and the offsets -mean / (std + eps) of
        /// `normalize(mean = [0.485, 0.456, 0.406], std = [0.229, 0.224, 0.225])`.
        #[inline(always)]
        fn pixels<S: rt::Simd>(
            simd: S,
            pixel: [S::I32; 3],
            _: &rt::Numbers<'_>,
        ) -> [S::F32; 3] {
            let [b, g, r] = pixel;
            let r = simd.mul_add_u8(r, 0.017124753, -2.117904);
            let g = simd.mul_add_u8(g, 0.017507004, -2.0357144);
            let b = simd.mul_add_u8(b, 0.017429193, -1.8044444);
            [r, g, b]
        }
    }
    impl ::pixfuse::Declared for Classifier {
        const ENTRY: ::pixfuse::Entry = ::pixfuse::Entry::new(
            "Classifier",
            "input(bgr8), resize(240, 256, bilinear), normalize(mean = [0.485, 0.456, 0.406], std = [0.229, 0.224, 0.225]), output(rgb, f32, chw)",
            rt::Kernel::of::<Classifier, 3>(),
        );
    }
    impl Classifier {
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
