//! The workloads, as `workloads.json` lists them for the three languages.

use pixfuse::spec::{Sampling, Size};
use pixfuse::{ChannelOrder, ImageRef, Keyword, Level, Pipeline, Spec};
use serde_json::Value;

/// Whatever went wrong, in words.
pub type Error = Box<dyn std::error::Error>;

/// One source size and one declaration.
pub struct Workload {
    /// Its short name: `W2a`.
    pub id: String,
    /// Rows of the source.
    pub rows: usize,
    /// Columns of the source.
    pub columns: usize,
    /// What is done with it.
    pub task: Task,
    /// The declaration.
    pub spec: Spec,
}

/// What a workload starts from, and what of it is measured.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// One image.
    Image,
    /// So many images, into one block.
    Batch(usize),
    /// A JPEG file.
    File,
    /// An image so small that the call is all there is to measure.
    Call,
}

/// The numbers of a workload for peers that are given them one by one, in the order of the output's channels.
#[derive(Clone, Copy)]
pub struct Numbers {
    /// Subtracted from `x * scale`.
    pub mean: [f32; 3],
    /// Divides, without `eps`.
    pub std: [f32; 3],
    /// `x * gain + offset` is the whole of `normalize`.
    pub gain: [f32; 3],
    /// See `gain`.
    pub offset: [f32; 3],
    /// The source channel that becomes this output channel.
    pub channel: [usize; 3],
}

/// The workloads that are measured in Rust, or the one with this id; none when that is measured elsewhere only.
///
/// # Errors
/// When `workloads.json` does not read as a list of workloads, or none has the id.
pub fn workloads(only: Option<&str>) -> Result<Vec<Workload>, Error> {
    let list: Vec<Value> = serde_json::from_str(include_str!("../workloads.json"))?;
    let id = |value: &Value| value["id"].as_str().unwrap_or_default().to_owned();
    if let Some(only) = only
        && !list.iter().any(|value| id(value) == only)
    {
        let ids = list.iter().map(id).collect::<Vec<_>>().join(", ");
        return Err(format!("there is no workload {only}; there are {ids}").into());
    }
    let here = |value: &&Value| value["languages"].as_array().is_none_or(|all| all.iter().any(|one| one == "rust"));
    let chosen = list.iter().filter(|value| only.is_none_or(|only| id(value) == only)).filter(here);
    chosen.map(Workload::read).collect()
}

impl Workload {
    fn read(value: &Value) -> Result<Self, Error> {
        let id = value["id"].as_str().ok_or("a workload has no id")?.to_owned();
        let side = |name: &str| value[name].as_u64().ok_or_else(|| format!("{id}: no {name}"));
        let (rows, columns) = (side("rows")? as usize, side("columns")? as usize);
        let clauses = value["pipeline"].as_object().ok_or_else(|| format!("{id}: no pipeline"))?;
        let clauses = clauses.iter().map(|(name, value)| (name.clone(), keyword(value))).collect::<Vec<_>>();
        let spec = Spec::from_keywords(&clauses).map_err(|error| format!("{id}: {error}"))?;
        let task = match value["images"].as_u64() {
            Some(images) => Task::Batch(images as usize),
            None if value["file"] == true => Task::File,
            None if value["call"] == true => Task::Call,
            None => Task::Image,
        };
        Ok(Self { id, rows, columns, task, spec })
    }

    /// Its pipeline on a level.
    ///
    /// # Errors
    /// When the CPU lacks the level.
    pub fn pipeline(&self, level: Level) -> Result<Pipeline, Error> {
        Ok(Pipeline::new(self.spec.clone())?.with_level(level)?)
    }

    /// A view of pixels that have its size and its format.
    ///
    /// # Errors
    /// When they have not.
    pub fn image<'a>(&self, pixels: &'a [u8]) -> Result<ImageRef<'a>, Error> {
        let channels = self.spec.input.format.channels();
        let strides = [self.columns * channels, channels, 1].map(|stride| stride as isize);
        let view = ImageRef::strided(pixels, 0, [self.rows, self.columns, channels], strides)?;
        Ok(view.with_format(self.spec.input.format)?)
    }

    /// Elements of one image's tensor.
    ///
    /// # Errors
    /// When there is no such tensor.
    pub fn elements(&self) -> Result<usize, Error> {
        let shape = Pipeline::new(self.spec.clone())?.output_shape(self.rows, self.columns)?;
        Ok(shape.iter().product())
    }

    /// How it samples; `None` when it does not resize.
    pub fn sampling(&self) -> Option<&Sampling> {
        let resize = self.spec.resize.as_ref().map(|resize| &resize.sampling);
        resize.or(self.spec.letterbox.as_ref().map(|letterbox| &letterbox.sampling))
    }

    /// Rows and columns of the resize; `None` when it has none of known size.
    pub fn resized(&self) -> Option<[usize; 2]> {
        match self.spec.resize.as_ref()?.size {
            Size::Exact { rows, columns } => Some([*rows.known()? as usize, *columns.known()? as usize]),
            _ => None,
        }
    }

    /// Its numbers; `None` when it has not three channels of known ones.
    pub fn numbers(&self) -> Option<Numbers> {
        let normalize = self.spec.normalize.as_ref()?;
        let (scale, eps) = (*normalize.scale.known()?, *normalize.eps.known()?);
        let (mean, std) = (three(normalize.mean.known()?)?, three(normalize.std.known()?)?);
        let from = self.spec.input.format.order().letters();
        let place = |letter| from.find(letter);
        let to: &[u8] = match self.spec.output.channels {
            ChannelOrder::Rgb => b"rgb",
            ChannelOrder::Bgr => b"bgr",
            _ => return None,
        };
        Some(Numbers {
            mean: mean.map(|mean| mean as f32),
            std: std.map(|std| std as f32),
            gain: std::array::from_fn(|c| (scale / (std[c] + eps)) as f32),
            offset: std::array::from_fn(|c| (-mean[c] / (std[c] + eps)) as f32),
            channel: [place(to[0] as char)?, place(to[1] as char)?, place(to[2] as char)?],
        })
    }
}

/// One number for each channel; one for all of them may have been written.
fn three(values: &[f64]) -> Option<[f64; 3]> {
    match *values {
        [all] => Some([all; 3]),
        [first, second, third] => Some([first, second, third]),
        _ => None,
    }
}

fn keyword(value: &Value) -> Keyword {
    match value {
        Value::Number(number) => Keyword::Number(number.as_f64().unwrap_or(f64::NAN)),
        Value::Array(items) => Keyword::List(items.iter().map(keyword).collect()),
        Value::Object(pairs) => {
            Keyword::Named(pairs.iter().map(|(name, value)| (name.clone(), keyword(value))).collect())
        }
        Value::String(word) => Keyword::Word(word.clone()),
        other => Keyword::Word(other.to_string()),
    }
}
