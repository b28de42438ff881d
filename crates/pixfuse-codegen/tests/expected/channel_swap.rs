// input(rgb8), output(bgr, u8, hwc)

const _: () = {
    use ::pixfuse::rt;
    impl rt::Body<3> for Swapped {
        type Load = rt::Interleaved<3>;
        type Store = rt::Pixels<u8>;
        const MAP: rt::MapForm = rt::MapForm::Keep;
        /// load      rgb8 hwc
        /// resample  none: every source pixel once
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
    impl ::pixfuse::Declared for Swapped {
        const ENTRY: ::pixfuse::Entry = ::pixfuse::Entry::new(
            "Swapped",
            "input(rgb8), output(bgr, u8, hwc)",
            rt::Kernel::of::<Swapped, 3>(),
        );
    }
    impl Swapped {
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
