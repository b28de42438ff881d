//! `tiles(..)`.

use std::fmt;

use crate::grammar::Clause;
#[cfg(not(feature = "std"))]
use crate::prelude::*;
use crate::table::{Arguments, Findings, Integer, Signature, Table, clause};
use crate::{Sampling, Thumbnail, TileRule};

clause! {
    /// `tiles(448, 448, bicubic, antialias, rule = internvl, max = 12, thumbnail = last)`: the tensor has the tiles in front
    /// of its dimensions, row by row of their grid, each of them an image.
    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    pub struct Tiles as TilesDraft {
        /// Rows of a tile, at least 1.
        value rows: u32 [Integer::LENGTH, "number of rows"],
        /// Columns of a tile, at least 1.
        value columns: u32 [Integer::LENGTH, "number of columns"],
        /// How pixels are resampled, in tiles and thumbnail alike.
        group sampling: Sampling ["of", "clamp"],
        /// Which grid of tiles, and how the image lies in it.
        named rule: TileRule,
        /// The fewest tiles, without the thumbnail; 1 unless written.
        named min: u32 [Integer::TILES] = 1,
        /// The most tiles, without the thumbnail; for every rule but those of a list and of Idefics3.
        named max: Option<u32> [Integer::TILES],
        /// The rows and columns of the canvases to choose from; empty for every rule but that of a list.
        named canvases: Vec<[u32; 2]> [Integer::LENGTH] = Vec::new(),
        /// Whether the whole image, resized to one tile, stands before or behind the others. Rules whose canvas the image fills
        /// leave it out where there is one tile only, which shows the whole image already; PerceptionLM's does not.
        named thumbnail: Option<Thumbnail>,
        /// The tensor has so many tiles, the last of them zeros; as many as there are unless written.
        named pad_to: Option<u32> [Integer::COUNT],
    }
}

pub(crate) const TILES: [&str; 2] =
    ["tiles", "tiles(448, 448, bicubic, antialias, rule = internvl, max = 12, thumbnail = last)"];

impl Tiles {
    /// `None` if something in the clause could not be read.
    pub(crate) fn read_clause(clause: &Clause, findings: &mut Findings) -> Option<Self> {
        let signature = Signature::of(TILES[0], TILES[1], &Self::rows());
        let mut arguments = Arguments::new(clause, &signature, findings);
        let draft = Self::read(&mut arguments, Self::usual());
        if draft.rule.is_none() && !arguments.reported() {
            let names = TileRule::NAMES.join(", ");
            arguments.missing("rule", format!("tiles: the rule is missing; write rule = one of {names}"));
        }
        Self::whole(draft)
    }
}

impl fmt::Display for Tiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tiles({})", self.texts(&Self::usual()).join(", "))
    }
}
