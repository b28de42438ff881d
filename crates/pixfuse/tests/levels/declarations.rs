//! Every declaration that differs in code or in the way it is run, each as a text.

use pixfuse::Element;

/// What a declaration says, as the words that stand in it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Declaration {
    /// Channels of a source pixel.
    pub(crate) channels: usize,
    input: &'static str,
    planar: bool,
    filter: Option<&'static str>,
    element: &'static str,
    /// The order of operations, where values are normalised.
    normalize: Option<&'static str>,
    order: &'static str,
    layout: &'static str,
}

const FILTERS: [Option<&str>; 12] = [
    None,
    Some("nearest"),
    Some("nearest_exact"),
    Some("nearest_floor"),
    Some("bilinear"),
    Some("area"),
    Some("lanczos4"),
    Some("bicubic"),
    Some("bilinear, antialias"),
    Some("bicubic, antialias, like = torch"),
    Some("box, antialias, pillow = 12"),
    Some("lanczos, antialias"),
];

/// What each input can be stored as.
const ORDERS: [(&str, usize, &[&str]); 7] = [
    ("gray8", 1, &["gray"]),
    ("rgb8", 3, &["rgb", "bgr"]),
    ("bgr8", 3, &["rgb", "bgr"]),
    ("rgba8", 4, &["rgba", "bgra"]),
    ("bgra8", 4, &["rgba", "bgra"]),
    ("rgba8, alpha = drop", 4, &["rgb", "bgr"]),
    ("bgra8, alpha = drop", 4, &["rgb", "bgr"]),
];

/// What is stored: pixel values, or normalised ones in an order of operations.
const STORED: [(&str, Option<&str>); 9] = [
    ("u8", None),
    ("f32", None),
    ("f32", Some("fused")),
    ("f32", Some("torchvision")),
    ("f16", Some("fused")),
    ("f16", Some("torchvision")),
    ("bf16", Some("fused")),
    ("u8", Some("fused")),
    ("i8", Some("hf_torch")),
];

/// input x order x layout of it x filter x what is stored x layout of the output.
pub(crate) fn all() -> Vec<Declaration> {
    let mut all = Vec::new();
    for (input, channels, orders) in ORDERS {
        for &order in orders {
            for planar in [false, true] {
                for filter in FILTERS {
                    for (element, normalize) in STORED {
                        for layout in ["chw", "hwc"] {
                            all.push(Declaration {
                                channels,
                                input,
                                planar,
                                filter,
                                element,
                                normalize,
                                order,
                                layout,
                            });
                        }
                    }
                }
            }
        }
    }
    all
}

/// Those that differ in their loads and stores: one input of each channel count, filters of one and of two taps, and of
/// weights of 16 bits and of 22.
pub(crate) fn each_code_path() -> Vec<Declaration> {
    let inputs = ["gray8", "rgb8", "rgba8", "bgra8, alpha = drop"];
    let filters = ["nearest", "bilinear", "area", "lanczos4", "bicubic", "bilinear, antialias"];
    let filters = |filter: Option<&str>| filter.is_none_or(|filter| filters.contains(&filter));
    let swapped = |declaration: &Declaration| declaration.order.starts_with('b') != declaration.planar;
    all()
        .into_iter()
        .filter(|declaration| inputs.contains(&declaration.input) && filters(declaration.filter))
        .filter(|declaration| declaration.element == "u8" || declaration.normalize.is_some())
        // The channel swap is on for one layout of the input and off for the other.
        .filter(|declaration| declaration.channels == 1 || swapped(declaration))
        .collect()
}

impl Declaration {
    /// The text, resized to this many rows and columns.
    pub(crate) fn text(&self, rows: usize, columns: usize) -> String {
        let (format, alpha) = self.input.split_once(", ").map_or((self.input, None), |(f, alpha)| (f, Some(alpha)));
        let layout = if self.planar { ", chw" } else { "" };
        let alpha = alpha.map_or(String::new(), |alpha| format!(", {alpha}"));
        let resize = self.filter.map_or(String::new(), |filter| format!("resize({rows}, {columns}, {filter}), "));
        let numbers = match self.order {
            "gray" => "mean = 0.45, std = 0.22",
            "rgb" | "bgr" => "mean = [0.485, 0.456, 0.406], std = [0.229, 0.224, 0.225], eps = 1e-5",
            _ => "scale = 1/127.5, mean = [1, 0.9, 1.1, 0], std = [1, 0.8, -1.2, 2]",
        };
        let normalize =
            self.normalize.map_or(String::new(), |order| format!("normalize({numbers}, order = {order}), "));
        let Self { order, element, layout: stored, .. } = *self;
        // Some values are beyond the last step, on either side.
        let steps = match (element, self.normalize) {
            ("u8", Some(_)) => ", scale = 0.011, zero_point = 120",
            ("i8", _) => ", scale = 0.02, zero_point = -5",
            _ => "",
        };
        format!("input({format}{layout}{alpha}), {resize}{normalize}output({order}, {element}, {stored}{steps})")
    }

    /// The type of the tensor's elements.
    pub(crate) fn element(&self) -> Element {
        Element::from_name(self.element).expect("a word of the language")
    }

    /// Whether the channels lie in planes, as the declaration says it.
    pub(crate) fn planar(&self) -> bool {
        self.planar
    }
}

/// The whole grid is asked for: every shape, and every combination of words.
#[test]
fn every_shape_is_among_them() {
    let shapes = |declarations: Vec<Declaration>| {
        let mut shapes: Vec<String> =
            declarations.iter().map(|declaration| format!("{:?}", crate::case::shape(declaration))).collect();
        shapes.sort();
        shapes.dedup();
        shapes
    };
    assert_eq!(all().len(), 13 * 2 * 12 * 9 * 2);
    assert_eq!(shapes(all()), shapes(each_code_path()));
    assert_eq!(shapes(all()).len(), 66);
}
