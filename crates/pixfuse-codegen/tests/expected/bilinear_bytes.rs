// input(rgba8, alpha = drop), resize(64, 64, bilinear), output(bgr, u8, hwc)

const _: () = {
    use ::pixfuse::rt;
    impl rt::Body<3> for Thumbnail {
        type Load = rt::Interleaved<4>;
        type Store = rt::Pixels<u8>;
        const MAP: rt::MapForm = rt::MapForm::Keep;
        const DIRECT: rt::Direct = rt::Direct::TwoTaps;
        /// load      rgba8 hwc, alpha not read
        /// frame     64 x 64
        /// resample  bilinear: 2 rows x 2 columns, 11-bit weights, equal to OpenCV INTER_LINEAR
        /// map       keep: the u8 itself
        /// store     bgr u8 hwc, channels from [2, 1, 0] of the source
        #[inline(always)]
        fn pixels<S: rt::Simd>(
            simd: S,
            pixel: [S::I32; 3],
            _: &rt::Numbers<'_>,
        ) -> [S::I32; 3] {
            let [r, g, b] = pixel;
            [b, g, r]
        }
    }
    impl ::pixfuse::Declared for Thumbnail {
        const ENTRY: ::pixfuse::Entry = ::pixfuse::Entry::new(
            "Thumbnail",
            "input(rgba8, alpha = drop), resize(64, 64, bilinear), output(bgr, u8, hwc)",
            rt::Kernel::of::<Thumbnail, 3>(),
        );
    }
    impl Thumbnail {
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
