//! From a resampled pixel value to an element: what kernels of the grid read, and what margins are filled with.

use pixfuse_spec::{ChannelNumbers, Fill, Map, Number, Plan};

use crate::kernel::Numbers;

/// The numbers of a plan's map, and its channel swap.
#[derive(Clone, Debug)]
pub(crate) struct Mapping {
    scale: [f32; 4],
    offset: [f32; 4],
    swap: bool,
    /// For each output channel, where another library's order of operations asks for them.
    tables: Option<Box<[[f32; 256]; 4]>>,
}

impl Mapping {
    pub(crate) fn new(plan: &Plan) -> Self {
        let swap = plan.store.from.first() == Some(&2);
        let mut mapping = Self { scale: [1.0; 4], offset: [0.0; 4], swap, tables: None };
        match &plan.map {
            Map::Keep | Map::Convert => {}
            Map::MulAdd { scale: Number::Known(scale), offset: Number::Known(offset), .. } => {
                mapping.scale[..scale.len()].copy_from_slice(scale);
                mapping.offset[..offset.len()].copy_from_slice(offset);
            }
            Map::MulAdd { .. } => unreachable!("a pipeline has no open number"),
            Map::Ordered { order, scale, mean, std, eps } => {
                let mut tables = Box::new([[0.0; 256]; 4]);
                for (channel, (&mean, &std)) in mean.iter().zip(std).enumerate() {
                    let numbers = ChannelNumbers { scale: *scale, mean, std, eps: *eps };
                    tables[channel] = std::array::from_fn(|value| order.normalize(value as u8, numbers));
                }
                mapping.tables = Some(tables);
            }
        }
        mapping
    }

    /// As kernels read it.
    pub(crate) fn numbers(&self) -> Numbers<'_> {
        static NONE: [[f32; 256]; 4] = [[0.0; 256]; 4];
        let Self { scale, offset, swap, tables } = self;
        Numbers { scale: *scale, offset: *offset, swap: *swap, tables: tables.as_deref().unwrap_or(&NONE) }
    }

    /// The element of a resampled value in an output channel; it is an integer where there are tables.
    pub(crate) fn value(&self, channel: usize, value: f32) -> f32 {
        match &self.tables {
            Some(tables) => tables[channel][value as usize],
            None => value.mul_add(self.scale[channel], self.offset[channel]),
        }
    }

    /// The elements of a margin of `channels` output channels.
    pub(crate) fn fill(&self, fill: &Fill, channels: usize) -> ([f32; 4], [u8; 4]) {
        let (mut mapped, mut kept) = ([0.0; 4], [0; 4]);
        for channel in 0..channels {
            kept[channel] = fill.channel(channel);
            mapped[channel] = self.value(channel, kept[channel].into());
        }
        (mapped, kept)
    }
}
