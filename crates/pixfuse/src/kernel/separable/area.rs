//! OpenCV's area over rows that are read in place: nearly first, and as OpenCV sums it where that could change a byte.
//!
//! ```text
//! source rows ─sum─> row of sums ─weigh─> line of f32 ─round─> line
//!                                                        └─exact sum─┘ the few that lie close to a half
//! ```
//!
//! OpenCV sums in f32, columns first, tap by tap: an order that takes a multiplication and two roundings for each byte of
//! the image. The rounded byte shows nothing of them, unless the sum is close to a half. So the sums here have the order
//! that is fastest, and a bound for their distance from OpenCV's; what is not that far from a half, about 1 byte of 1000,
//! is summed again.
//! A level may make the line of f32 at once, without the row of sums.

use super::Resample;
use crate::image::view::View;
use crate::kernel::scratch::{Room, Scratch, lines, split};
use crate::kernel::{Request, Source};
use crate::memory::{self, Holds, NoMemory};
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::simd::{CHUNK, CellColumns, CellRows, CellTaps, MAX_AREA_ROWS, Share, ShareUnit, Simd, WholeCells};
use crate::weights::{AxisWeights, Finish};

/// The passes over one source size.
pub(in crate::kernel) struct AreaResampler<S: Simd> {
    /// OpenCV's own weights: rows, columns.
    exact: [AxisWeights<f32>; 2],
    rows: Vec<RowsOf>,
    /// What shares of rows are counted in.
    unit: ShareUnit,
    columns: CellColumns,
    /// In the place of both passes.
    whole: Option<S::Cells>,
    planes: usize,
    /// The first byte of a row that is read, and how many are.
    skipped: usize,
    length: usize,
    /// Bytes of a row.
    readable: usize,
    /// Elements of a line.
    line: usize,
    /// The sums are at most so far from OpenCV's.
    error: f32,
    layout: ScratchLayout,
}

/// The rows of a row of cells.
struct RowsOf {
    inside: u32,
    count: u32,
    shares: [Share; 2],
    /// Of a row inside.
    weight: f32,
}

/// Where the parts of one plane's scratch start, in cache lines: a row of sums first, then a line of f32 and a line.
struct ScratchLayout {
    floats: usize,
    line: usize,
    end: usize,
}

/// One cell along an axis, in units of the weight of a pixel inside it.
struct Cell {
    inside: u32,
    count: u32,
    /// The parts of the pixels on its edges; 0 where there is none.
    edges: [f32; 2],
    weight: f32,
}

impl Cell {
    /// `None` for weights that no cell has.
    fn of(weights: &AxisWeights<f32>, output: usize) -> Option<Self> {
        let taps = weights.of(output);
        let weight = taps.iter().copied().fold(0.0, f32::max);
        let before = taps.iter().position(|&tap| tap == weight)?;
        let count = taps[before..].iter().take_while(|&&tap| tap == weight).count();
        let after = taps[before + count..].iter().take_while(|&&tap| tap != 0.0).count();
        if before > 1 || after > 1 || weight <= 0.0 {
            return None;
        }
        let edge = |tap: Option<&f32>| tap.map_or(0.0, |tap| tap / weight);
        let edges = [edge(before.checked_sub(1).map(|tap| &taps[tap])), edge(taps.get(before + count))];
        Some(Self { inside: weights.first[output] + before as u32, count: count as u32, edges, weight })
    }

    fn all(weights: &AxisWeights<f32>) -> Result<Option<Vec<Self>>, NoMemory> {
        memory::whole_list((0..weights.outputs()).map(|output| Self::of(weights, output)))
    }
}

impl<S: Simd> AreaResampler<S> {
    /// `None` where rows are not dense or too short, or cells too large. `pixel`, `planes` and `dense` are as for the
    /// rounded passes.
    pub(in crate::kernel) fn new(
        request: &Request,
        weights: &[AxisWeights<f32>; 2],
        (pixel, planes, dense): (usize, usize, bool),
    ) -> Result<Option<Self>, NoMemory> {
        let readable = request.source.columns * pixel;
        if !dense || readable < CHUNK {
            return Ok(None);
        }
        let (Some(rows), Some(columns)) = (Cell::all(&weights[0])?, Cell::all(&weights[1])?) else { return Ok(None) };
        let inside = columns.iter().map(|cell| cell.count).min().unwrap_or(0);
        let most = |cells: &[Cell]| cells.iter().map(|cell| cell.count).max().unwrap_or(0);
        let most_rows = most(&rows) as usize;
        if most_rows > MAX_AREA_ROWS || most(&columns) > inside + 1 {
            return Ok(None);
        }
        // Whole chunks are read: of a shorter reach, columns before it too.
        let reach = weights[1].reach();
        let skipped = (reach.start as usize).min((readable - CHUNK) / pixel);
        let length = ((reach.end as usize - skipped) * pixel).max(CHUNK);
        let Source { rows: height, columns: width, .. } = request.source;
        let [down, across] = request.placement.resized;
        let units = [(height, down), (width, across)].map(|(source, cells)| ShareUnit::of(source, cells as usize));
        let missed = |cells: &[Cell], unit: ShareUnit| {
            let error = |edge| unit.error(unit.share(edge));
            let errors = cells.iter().map(|cell| cell.weight * cell.edges.map(error).iter().sum::<f32>());
            errors.fold(0.0, f32::max)
        };
        let missed = [missed(&rows, units[0]), missed(&columns, units[1])];
        let row = |&Cell { inside, count, edges, weight }: &Cell| {
            let shares = edges.map(|edge| units[0].share(edge));
            RowsOf { inside, count, shares, weight }
        };
        let rows = memory::list(rows.iter().map(row))?;
        let taps = |cell: &Cell| {
            let [before, after] = cell.edges;
            let behind = if cell.count > inside { [1.0, after] } else { [after, 0.0] };
            let shares = [before, behind[0], behind[1], cell.weight].map(|share| [share; 4]);
            CellTaps { shares, first: cell.inside - skipped as u32 }
        };
        let cells = memory::list(columns.iter().map(taps))?;
        let columns = CellColumns::new(pixel, inside as usize, units[1], cells);
        let whole = S::Cells::new(&columns, most_rows, length)?;
        // OpenCV rounds each product and each sum of both axes; here a sum of columns, where they are not summed as
        // integers, and less than ten times more. The weights of a cell add up to 1.
        let (sums, missed) = if whole.is_some() { (0, missed[1]) } else { (weights[1].taps, missed[0]) };
        let roundings = weights[0].taps + weights[1].taps + sums + 10;
        let error = 256.0 * (roundings as f32 * f32::EPSILON / 2.0 + missed);
        if error > 0.1 {
            return Ok(None);
        }
        let line = columns.cells().len() * pixel;
        let floats = lines((first_sum(pixel) + length + CellColumns::margin(pixel)) * size_of::<f32>());
        let bytes = floats + lines(line * size_of::<f32>());
        let layout = ScratchLayout { floats, line: bytes, end: bytes + lines(line) };
        Ok(Some(Self {
            exact: [weights[0].copied()?, weights[1].copied()?],
            rows,
            unit: units[0],
            columns,
            whole,
            planes,
            skipped: skipped * pixel,
            length,
            readable,
            line,
            error,
            layout,
        }))
    }

    /// Of cells that are whole pixels, whose sums OpenCV has in integers and multiplies once. So are these, as an f32 has
    /// room for them, and none is in doubt: 0.1 instead of 2.6 ms for 1080x1920 -> 45x80 with AVX-512.
    pub(in crate::kernel) fn of_whole_pixels(
        request: &Request,
        [rows, columns]: &[AxisWeights; 2],
        finish: Finish,
        view: (usize, usize, bool),
    ) -> Result<Option<Self>, NoMemory> {
        const EXACT: u64 = 1 << f32::MANTISSA_DIGITS;
        let Finish::Scale(factor) = finish else { return Ok(None) };
        if rows.taps as u64 * columns.taps as u64 * u64::from(u8::MAX) > EXACT {
            return Ok(None);
        }
        let weights = [rows.times(factor)?, columns.times(1.0)?];
        Ok(Self::new(request, &weights, view)?.map(|cells| Self { error: 0.0, ..cells }))
    }

    /// The scratch that a run needs.
    pub(super) fn scratch(&self) -> Room {
        Room { bytes: self.layout.end * 64 * self.planes, rows: 0 }
    }

    /// Bytes from the line of a plane to the line of the next.
    pub(super) fn line_stride(&self) -> isize {
        (self.layout.end * 64) as isize
    }
}

impl<S: Simd> Holds for AreaResampler<S> {
    fn bytes(&self) -> usize {
        let exact = self.exact.iter().map(Holds::bytes).sum::<usize>();
        exact + memory::bytes(&self.rows) + self.columns.bytes() + self.whole.bytes()
    }
}

/// Where the sums of a row start, in elements: at a cache line, behind a margin.
fn first_sum(pixel: usize) -> usize {
    CellColumns::margin(pixel).next_multiple_of(16)
}

impl<S: Simd> Resample<S> for AreaResampler<S> {
    #[inline(always)]
    unsafe fn resample(&self, simd: S, scratch: &mut Scratch, y: usize, view: &View<'_>) -> *const u8 {
        let Self { rows, unit, columns, whole, planes, skipped, length, readable, layout, .. } = self;
        let (scratch, ..) = scratch.parts();
        let rows = &rows[y];
        let (first, last) = (rows.inside as usize, (rows.inside + rows.count) as usize - 1);
        let edge = |edge: usize, of: usize, none: usize| if rows.shares[edge].part() == 0.0 { none } else { of };
        let edges = [edge(0, first.wrapping_sub(1), first), edge(1, last + 1, last)];
        for plane in 0..*planes {
            let row = |row| view.dense(row, 0..*readable / columns.pixel(), plane, columns.pixel()).unwrap_or_default();
            let inside = view.pixels.row(first).wrapping_offset(plane as isize * view.channel_stride);
            let inside = (inside.wrapping_add(*skipped), rows.count as usize, view.pixels.strides[0]);
            let edges = edges.map(|edge| row(edge)[*skipped..].as_ptr());
            // SAFETY: the caller promises the view that this was made for, whose rows are dense: `length` bytes from
            // `skipped` on are inside each row, of which there are so many from the first inside on. Those on edges with a
            // share are others, and those without are among them.
            let source = unsafe { CellRows::new(inside, edges, *length, (rows.shares, *unit)) };
            let part = &mut scratch[plane * layout.end..][..layout.end];
            let [sums, floats, line] = split(part, [layout.floats, layout.line, layout.end]);
            let floats = bytemuck::cast_slice_mut(floats);
            if let Some(whole) = whole {
                whole.sum(simd, &source, floats);
            } else {
                let margin = CellColumns::margin(columns.pixel());
                let sums = &mut bytemuck::cast_slice_mut(sums)[first_sum(columns.pixel()) - margin..];
                sums[..margin].fill(0.0);
                sums[margin + length..][..margin].fill(0.0);
                simd.sum_cells(&source, &mut sums[margin..][..*length]);
                simd.weigh_cells(columns, sums, floats);
            }
            self.round(simd, row, y, floats, bytemuck::cast_slice_mut(line));
        }
        scratch[layout.line..].as_ptr().cast()
    }
}

impl<S: Simd> AreaResampler<S> {
    /// Makes the line of one plane: near sums where they leave no doubt, and OpenCV's of these source rows.
    #[inline(always)]
    fn round<'a>(&self, simd: S, row: impl Fn(usize) -> &'a [u8], y: usize, floats: &[f32], line: &mut [u8]) {
        let weight = self.rows[y].weight;
        let rounding_margin = 0.5 - self.error;
        let (floats, line) = (floats.as_chunks::<CHUNK>().0, line.as_chunks_mut::<CHUNK>().0);
        for (chunk, (floats, line)) in floats.iter().zip(line).enumerate().take(self.line.div_ceil(CHUNK)) {
            let mut ambiguous = simd.round_cells(floats, weight, rounding_margin, line);
            while ambiguous != 0 {
                let index = ambiguous.trailing_zeros() as usize;
                let element = chunk * CHUNK + index;
                ambiguous &= ambiguous - 1;
                if element < self.line {
                    line[index] = self.sum_exactly(&row, y, element);
                }
            }
        }
    }

    /// One byte, summed as OpenCV does.
    #[inline(always)]
    fn sum_exactly<'a>(&self, row: impl Fn(usize) -> &'a [u8], y: usize, element: usize) -> u8 {
        let [rows, columns] = &self.exact;
        let (output, channel) = (element / self.columns.pixel(), element % self.columns.pixel());
        let mut sum = 0.0f32;
        for (number, &row_weight) in (rows.first[y] as usize..).zip(rows.of(y)) {
            if row_weight == 0.0 {
                break;
            }
            let row = row(number);
            let mut row_sum = 0.0f32;
            for (column, &weight) in (columns.first[output] as usize..).zip(columns.of(output)) {
                if weight == 0.0 {
                    break;
                }
                row_sum += f32::from(row[column * self.columns.pixel() + channel]) * weight;
            }
            sum += row_sum * row_weight;
        }
        sum.round_ties_even() as u8
    }
}
