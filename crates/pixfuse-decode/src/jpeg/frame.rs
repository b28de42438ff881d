//! What the markers of a JPEG file say, read once for either decoder.

use std::borrow::Cow;
use std::ops::Range;

use crate::error::Broken;

/// How samples are coded, by the marker of the frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Process {
    Sequential,
    Progressive,
    Lossless,
}

/// A channel as it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Component {
    pub(super) id: u8,
    /// How finely it is sampled: factors of rows and columns.
    pub(super) sampling: [usize; 2],
}

/// All that stands before the first scan.
#[derive(Debug)]
pub(super) struct Frame<'a> {
    pub(super) process: Process,
    /// Whether samples are coded arithmetically, and not by Huffman's codes.
    pub(super) arithmetic: bool,
    pub(super) rows: usize,
    pub(super) columns: usize,
    /// 1, 3 or 4.
    pub(super) components: Vec<Component>,
    /// Whether there are restart markers in the coded data.
    pub(super) restarts: bool,
    /// The block of EXIF, of all segments that hold a part of it.
    pub(super) exif: Option<Cow<'a, [u8]>>,
    /// The last packet of XMP.
    pub(super) xmp: Option<&'a [u8]>,
    /// Where the first scan's marker stands.
    pub(super) scans: usize,
}

/// One marker, and what belongs to it.
struct Segment<'a> {
    marker: u8,
    /// Where the marker stands, and where its data ends.
    range: Range<usize>,
    data: &'a [u8],
}

const START_OF_SCAN: u8 = 0xda;
const END_OF_IMAGE: u8 = 0xd9;

/// The next marker at or behind a place, with its data. Bytes before it that are none are passed over, as libjpeg and
/// Pillow do.
fn segment(file: &[u8], mut at: usize) -> Result<Segment<'_>, Broken> {
    loop {
        at += memchr::memchr(0xff, file.get(at..).ok_or(Broken::Ended)?).ok_or(Broken::Ended)?;
        match *file.get(at + 1).ok_or(Broken::Ended)? {
            // A byte of coded data, or one more before the marker.
            0x00 => at += 2,
            0xff => at += 1,
            // These have no data: restarts, the beginning and the end of an image.
            marker @ (0x01 | 0xd0..=END_OF_IMAGE) => {
                return Ok(Segment { marker, range: at..at + 2, data: &[] });
            }
            marker => {
                let length = file.get(at + 2..at + 4).ok_or(Broken::Ended)?;
                let length = usize::from(u16::from_be_bytes([length[0], length[1]]));
                if length < 2 {
                    return Err(Broken::Damaged(format!("the segment of marker ff {marker:02x} has a wrong length")));
                }
                let range = at..at + 2 + length;
                let data = file.get(at + 4..range.end).ok_or(Broken::Ended)?;
                return Ok(Segment { marker, range, data });
            }
        }
    }
}

impl<'a> Frame<'a> {
    pub(super) fn read(file: &'a [u8]) -> Result<Self, Broken> {
        let mut at = 2;
        let mut frame: Option<Self> = None;
        let (mut exif, mut xmp, mut restarts) = (None::<Cow<[u8]>>, None, false);
        loop {
            let Segment { marker, range, data } = segment(file, at)?;
            at = range.end;
            match marker {
                // Tables for Huffman's and arithmetic codes have numbers among those of frames, as an extension has.
                0xc0..=0xcf if ![0xc4, 0xc8, 0xcc].contains(&marker) && frame.is_none() => {
                    frame = Some(Self::start(marker, data)?);
                }
                START_OF_SCAN => {
                    let frame = frame.ok_or_else(|| Broken::Damaged("it has no frame before its scans".into()))?;
                    return Ok(Self { restarts, exif, xmp, scans: range.start, ..frame });
                }
                0xdd => restarts = data.iter().any(|&byte| byte != 0),
                0xe1 => {
                    if let Some(part) = data.strip_prefix(b"Exif\0\0") {
                        match &mut exif {
                            Some(block) => block.to_mut().extend_from_slice(part),
                            None => exif = Some(Cow::Borrowed(part)),
                        }
                    } else if let Some(packet) = data.strip_prefix(b"http://ns.adobe.com/xap/1.0/\0") {
                        xmp = Some(packet);
                    }
                }
                _ => {}
            }
        }
    }

    /// From the segment that begins a frame.
    fn start(marker: u8, data: &[u8]) -> Result<Self, Broken> {
        let short = || Broken::Damaged("the segment of its frame is too short".into());
        let (&[precision, r0, r1, c0, c1, count], components) = data.split_first_chunk().ok_or_else(short)?;
        let process = match marker {
            0xc0 | 0xc1 | 0xc9 => Process::Sequential,
            0xc2 | 0xca => Process::Progressive,
            0xc3 => Process::Lossless,
            0xcb => return Err(Broken::Unsupported("it is lossless and coded arithmetically".into())),
            _ => return Err(Broken::Unsupported("it is coded hierarchically".into())),
        };
        if precision != 8 {
            return Err(Broken::Unsupported(format!("its samples have {precision} bits, expected 8")));
        }
        if ![1, 3, 4].contains(&count) {
            return Err(Broken::Unsupported(format!("it has {count} channels, expected 1, 3 or 4")));
        }
        let (components, _) = components.as_chunks::<3>();
        let components = components.get(..usize::from(count)).ok_or_else(short)?;
        let [rows, columns] = [[r0, r1], [c0, c1]].map(|side| usize::from(u16::from_be_bytes(side)));
        if rows == 0 {
            // Pillow refuses it, too: the number may follow behind the first scan.
            return Err(Broken::Unsupported("its header does not say how many rows it has".into()));
        }
        let components: Vec<_> = components
            .iter()
            .map(|&[id, sampling, _]| Component { id, sampling: [sampling & 15, sampling >> 4].map(usize::from) })
            .collect();
        let sound = |component: &Component| component.sampling.iter().all(|factor| (1..=4).contains(factor));
        if columns == 0 || !components.iter().all(sound) {
            return Err(Broken::Damaged("its frame has no columns, or samples no decoder can make".into()));
        }
        let arithmetic = marker >= 0xc9;
        Ok(Self { process, arithmetic, rows, columns, components, restarts: false, exif: None, xmp: None, scans: 0 })
    }

    /// The finest sampling of rows and columns.
    pub(super) fn finest(&self) -> [usize; 2] {
        [0, 1].map(|axis| self.components.iter().map(|component| component.sampling[axis]).max().unwrap_or(1))
    }

    /// Blocks of 8 x 8 samples (of a lossless file: samples) that a component has.
    fn blocks(&self, component: &Component) -> u64 {
        let side = if self.process == Process::Lossless { 1 } else { 8 };
        let finest = self.finest();
        [self.rows, self.columns]
            .iter()
            .zip(finest)
            .zip(component.sampling)
            .map(|((&pixels, finest), factor)| (pixels * factor).div_ceil(finest * side) as u64)
            .product()
    }

    /// Bytes of all coefficients, which a decoder keeps of a file of many scans.
    #[cfg_attr(not(feature = "libjpeg-turbo"), allow(dead_code, reason = "the port says it itself"))]
    pub(super) fn coefficients(&self) -> usize {
        usize::try_from(self.all_blocks() * 128).unwrap_or(usize::MAX)
    }

    /// Blocks of all components.
    fn all_blocks(&self) -> u64 {
        self.components.iter().map(|component| self.blocks(component)).sum()
    }

    /// The scans, from the first one to the end of the file. Of a file whose first scan has all that there is, that is
    /// the only one that is looked for.
    pub(super) fn scans(&self, file: &'a [u8]) -> Result<Vec<Scan>, Broken> {
        let mut scans = Vec::new();
        let mut at = self.scans;
        loop {
            let Segment { marker, range, data } = match segment(file, at) {
                Ok(segment) => segment,
                // The decoder finds the end itself, and where it is.
                Err(_) => return Ok(scans),
            };
            at = range.end;
            match marker {
                START_OF_SCAN => {
                    let scan = self.scan(data)?;
                    let all = self.process != Process::Progressive && scan.components.len() == self.components.len();
                    scans.push(scan);
                    if all || scans.len() > MOST_SCANS {
                        return Ok(scans);
                    }
                }
                END_OF_IMAGE => return Ok(scans),
                _ => {}
            }
        }
    }

    fn scan(&self, data: &[u8]) -> Result<Scan, Broken> {
        let wrong = || Broken::Damaged("the header of a scan is wrong".into());
        let (&count, rest) = data.split_first().ok_or_else(wrong)?;
        let (components, rest) = rest.split_at_checked(2 * usize::from(count)).ok_or_else(wrong)?;
        let &[first, ..] = rest else { return Err(wrong()) };
        let mut scan = Scan { components: Vec::new(), blocks: 0, begins_with_dc: first == 0 };
        for pair in components.chunks_exact(2) {
            let place = self.components.iter().position(|component| component.id == pair[0]).ok_or_else(wrong)?;
            scan.components.push(place);
            scan.blocks += self.blocks(&self.components[place]);
        }
        Ok(scan)
    }

    /// Refuses a file whose scans ask for more work than a photo does.
    ///
    /// A block that a scan passes over costs a decoder some ten nanoseconds and the file, in the worst case, a fraction
    /// of a bit: 38 kB can ask for a minute. Encoders write about ten scans.
    pub(super) fn check_work(&self, scans: &[Scan]) -> Result<(), Broken> {
        if scans.len() > MOST_SCANS {
            return Err(Broken::Unsupported(format!("it has more than {MOST_SCANS} scans")));
        }
        let work: u64 = scans.iter().map(|scan| scan.blocks).sum();
        let most = MOST_BLOCKS.max(self.all_blocks() * USUAL_SCANS);
        if work > most {
            return Err(Broken::Unsupported(format!(
                "its {} scans go over {work} blocks of 8 x 8 samples, and {most} are allowed",
                scans.len()
            )));
        }
        Ok(())
    }

    /// Refuses a file that is too short for its first scan, before memory for its pixels is asked for.
    ///
    /// A Huffman code has at least a bit, and a block of a sequential file two codes. Arithmetic codes have no such
    /// bound, and neither have the scans that follow the first one of a progressive file.
    pub(super) fn check_length(&self, file: &[u8], first: &Scan) -> Result<(), Broken> {
        let bits = match self.process {
            _ if self.arithmetic => 0,
            Process::Sequential => 2 * first.blocks,
            Process::Progressive if first.begins_with_dc => first.blocks,
            Process::Progressive => 0,
            Process::Lossless => first.blocks,
        };
        if (file.len() - self.scans) as u64 * 8 < bits { Err(Broken::Ended) } else { Ok(()) }
    }
}

/// More scans than any encoder makes.
pub(super) const MOST_SCANS: usize = 500;

/// Blocks that all scans together may go over, whatever the image is: one to two seconds of a slow core.
const MOST_BLOCKS: u64 = 1 << 27;

/// Times that they may go over an image that is larger than those blocks.
const USUAL_SCANS: u64 = 24;

/// The header of a scan.
#[derive(Debug)]
pub(super) struct Scan {
    /// Which components it has.
    pub(super) components: Vec<usize>,
    /// The blocks of all of them.
    pub(super) blocks: u64,
    /// Whether it has the first coefficient of each block.
    begins_with_dc: bool,
}
