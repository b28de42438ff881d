// input(rgb8), resize(_, _, nearest), normalize(mean = _, std = [0.229, 0.224, 0.225]), output(rgb, f32, chw)

const _: () = {
    use ::pixfuse::rt;
    impl rt::Body<3> for Detector {
        type Load = rt::Interleaved<3>;
        type Store = rt::Planes<f32>;
        const MAP: rt::MapForm = rt::MapForm::MulAdd;
        const DIRECT: rt::Direct = rt::Direct::OneTap;
        /// load      rgb8 hwc
        /// frame     _ x _
        /// resample  nearest: 1 pixel, equal to OpenCV INTER_NEAREST
        /// map       fma(x, _, _): one multiply-add
        /// store     rgb f32 chw
        ///
        /// The factors are scale / (std + eps) and the offsets -mean / (std + eps) of
        /// `normalize(mean = _, std = [0.229, 0.224, 0.225])`.
        #[inline(always)]
        fn pixels<S: rt::Simd>(
            simd: S,
            pixel: [S::I32; 3],
            numbers: &rt::Numbers<'_>,
        ) -> [S::F32; 3] {
            let [r, g, b] = pixel;
            let r = simd.mul_add_u8(r, numbers.scale[0], numbers.offset[0]);
            let g = simd.mul_add_u8(g, numbers.scale[1], numbers.offset[1]);
            let b = simd.mul_add_u8(b, numbers.scale[2], numbers.offset[2]);
            [r, g, b]
        }
    }
    impl ::pixfuse::Declared for Detector {
        const ENTRY: ::pixfuse::Entry = ::pixfuse::Entry::new(
            "Detector",
            "input(rgb8), resize(_, _, nearest), normalize(mean = _, std = [0.229, 0.224, 0.225]), output(rgb, f32, chw)",
            rt::Kernel::of::<Detector, 3>(),
        );
    }
    impl Detector {
        /// Makes the pipeline with the numbers that the declaration leaves open.
        ///
        /// # Errors
        /// When a number is missing, not asked for or against the rules.
        pub fn bind(
            values: &::pixfuse::Values,
        ) -> ::core::result::Result<::pixfuse::Pipeline, ::pixfuse::Error> {
            ::pixfuse::Pipeline::bind(&<Self as ::pixfuse::Declared>::ENTRY, values)
        }
        #[doc(hidden)]
        #[allow(dead_code)]
        pub fn pipeline() -> ::pixfuse::Pipeline
        where
            for<'a> Self: rt::Closed,
        {
            ::core::unreachable!()
        }
    }
};
