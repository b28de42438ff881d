// input(rgba8, alpha = drop), resize(64, 64, bilinear), output(bgr, u8, hwc)

const _: () = {
    use ::pixfuse::rt;
    impl rt::TwoTaps<3> for Thumbnail {
        type Load = rt::Interleaved<4>;
        type Store = rt::Pixels<u8>;
        /// load      rgba8 hwc, alpha not read
        /// frame     64 x 64
        /// resample  bilinear: 2 rows x 2 columns, 11-bit weights, equal to OpenCV INTER_LINEAR
        /// map       keep: the u8 itself
        /// store     bgr u8 hwc, channels from [2, 1, 0] of the source
        #[inline(always)]
        fn pixels<S: rt::Simd>(
            simd: S,
            taps: rt::Square<S, 3>,
            _: &rt::Numbers<'_>,
        ) -> [S::I32; 3] {
            let rt::Square { above, below, columns, rows } = taps;
            let above_r = simd.dot_pairs(above[0], columns);
            let below_r = simd.dot_pairs(below[0], columns);
            let r = simd.blend_rows(above_r, below_r, rows);
            let above_g = simd.dot_pairs(above[1], columns);
            let below_g = simd.dot_pairs(below[1], columns);
            let g = simd.blend_rows(above_g, below_g, rows);
            let above_b = simd.dot_pairs(above[2], columns);
            let below_b = simd.dot_pairs(below[2], columns);
            let b = simd.blend_rows(above_b, below_b, rows);
            [b, g, r]
        }
    }
    impl ::pixfuse::Declared for Thumbnail {
        const ENTRY: ::pixfuse::Entry = ::pixfuse::Entry::new(
            "Thumbnail",
            "input(rgba8, alpha = drop), resize(64, 64, bilinear), output(bgr, u8, hwc)",
            rt::Kernel::two_taps::<Thumbnail, 3>(),
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
