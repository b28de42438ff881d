//! Declarations of more than one resize, with an image of u8 between them.

use crate::lower::convert;
use crate::pair::both;
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::{
    ChannelOrder, Element, Input, Layout, Output, PixelFormat, Resize, RuledSize, Size, SizeNumber, SizeRule, Spec,
    TileRule,
};

impl Spec {
    /// The declarations that this one is carried out by, one after another; nothing where it is one resize.
    ///
    /// `tiles(rule = idefics3)` makes its canvas first, and both tiles and thumbnail are made of that; a `resize` beside it
    /// is a stage before. `resize(rule = donut)` is two resizes. All but the last give the u8 that the next one takes.
    ///
    /// ```
    /// use pixfuse_spec::Spec;
    ///
    /// let text = "input(rgb8), resize(rule = idefics3, longest = 1456, lanczos, antialias), \
    ///             tiles(364, 364, lanczos, antialias, rule = idefics3, thumbnail = last), output(rgb, f32)";
    /// let stages = text.parse::<Spec>()?.stages().unwrap();
    /// let texts = stages.iter().map(Spec::to_string).collect::<Vec<_>>();
    /// assert_eq!(texts[0], "input(rgb8), resize(rule = idefics3, longest = 1456, lanczos, antialias), output(rgb, u8, hwc)");
    /// assert_eq!(texts[1], "input(rgb8), resize(rule = idefics3_canvas, multiple = 364, lanczos, antialias), output(rgb, u8, hwc)");
    /// # Ok::<(), pixfuse_spec::ParseError>(())
    /// ```
    pub fn stages(&self) -> Option<Vec<Self>> {
        let (before, last) = self.resizes()?;
        let (_, order) = convert(self);
        // An alpha that is dropped is so by the first stage.
        let (channels, format) = match order {
            ChannelOrder::Gray => (ChannelOrder::Gray, PixelFormat::Gray8),
            ChannelOrder::Rgba if self.output.channels.has_alpha() => (ChannelOrder::Rgba, PixelFormat::Rgba8),
            ChannelOrder::Bgra if self.output.channels.has_alpha() => (ChannelOrder::Bgra, PixelFormat::Bgra8),
            ChannelOrder::Rgb | ChannelOrder::Rgba => (ChannelOrder::Rgb, PixelFormat::Rgb8),
            ChannelOrder::Bgr | ChannelOrder::Bgra => (ChannelOrder::Bgr, PixelFormat::Bgr8),
        };
        let between = Input::new(format);
        let stage = |resize: Resize| Self {
            input: between.clone(),
            resize: Some(resize),
            tiles: None,
            crop: None,
            pad: None,
            normalize: None,
            output: Output { channels, element: Element::U8, layout: Layout::Hwc, quantize: None },
            patches: None,
            ..self.clone()
        };
        let mut stages: Vec<_> = before.into_iter().map(stage).collect();
        stages[0].input = self.input.clone();
        stages.push(Self { input: between, resize: last, ..self.clone() });
        Some(stages)
    }

    /// The resizes that come before the last stage, and the one of that stage; nothing where there is one at most.
    fn resizes(&self) -> Option<(Vec<Resize>, Option<Resize>)> {
        if let Some(tiles) = self.tiles.as_ref().filter(|tiles| tiles.rule == TileRule::Idefics3) {
            let size = RuledSize::new(SizeRule::Idefics3Canvas).with(SizeNumber::Multiple, tiles.rows);
            let canvas = Resize { size: Size::Ruled(size), sampling: tiles.sampling };
            return Some((self.resize.map_or(vec![canvas], |resize| vec![resize, canvas]), None));
        }
        let resize = self.resize?;
        let Size::Ruled(ruled) = resize.size else { return None };
        let [first, second] = both(ruled.stages()?, |size| Resize { size, ..resize });
        Some((vec![first], Some(second)))
    }
}
