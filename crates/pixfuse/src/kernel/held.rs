//! Which source rows lie packed in scratch.

/// The most rows that are packed at once.
pub(super) const MOST: usize = 64;

/// A ring of places for packed rows, or for groups of them.
///
/// Rows are asked for in the order in which they are read, from the first to the last, so those that are packed are the
/// next that are asked for; where some of a group are there and others are not, those that are there came last.
#[derive(Clone, Copy)]
pub(super) struct Held {
    rows: [u32; MOST],
    /// How many places have a row.
    filled: usize,
    /// The place that is filled next.
    next: usize,
}

impl Default for Held {
    fn default() -> Self {
        Self { rows: [0; MOST], filled: 0, next: 0 }
    }
}

impl Held {
    /// Forgets every row.
    pub(super) fn clear(&mut self) {
        (self.filled, self.next) = (0, 0);
    }

    /// The places of some rows that are read together. Groups of `group` rows have one of `places` together, of which
    /// there are enough for all these rows.
    ///
    /// Groups that are not there are packed, and with them as many of those that are read after them, `later`, as there
    /// are places: `pack` is called with the first of neighbouring places and the groups that come there.
    #[inline(always)]
    pub(super) fn places<const ROWS: usize, I: Iterator<Item = u32>>(
        &mut self,
        rows: [u32; ROWS],
        (places, group): (usize, u32),
        later: impl FnOnce() -> I,
        pack: impl FnMut(usize, &[u32]),
    ) -> [usize; ROWS] {
        let groups = rows.map(|row| row / group);
        if groups.iter().any(|&group| self.find(group).is_none()) {
            self.fill(groups, places, later().map(|row| row / group), pack);
        }
        rows.map(|row| {
            let place = self.find(row / group).expect("it was packed just now");
            place * group as usize + (row % group) as usize
        })
    }

    #[inline(always)]
    fn find(&self, row: u32) -> Option<usize> {
        self.rows[..self.filled].iter().position(|&held| held == row)
    }

    fn fill<const ROWS: usize>(
        &mut self,
        rows: [u32; ROWS],
        places: usize,
        later: impl Iterator<Item = u32>,
        mut pack: impl FnMut(usize, &[u32]),
    ) {
        let is_kept = |(index, row): (usize, &u32)| self.find(*row).is_some() && !rows[..index].contains(row);
        let mut room = places - rows.iter().enumerate().filter(|&kept| is_kept(kept)).count();
        let (mut new, mut count) = ([0; MOST], 0);
        for row in rows.into_iter().chain(later) {
            if room == 0 {
                break;
            }
            // In their order: a row that is not after the last one is there, or was read before.
            if self.find(row).is_none() && new[..count].last().is_none_or(|&last| row > last) {
                (new[count], count, room) = (row, count + 1, room - 1);
            }
        }
        let mut new = &new[..count];
        while !new.is_empty() {
            let (now, rest) = new.split_at(new.len().min(places - self.next));
            self.rows[self.next..][..now.len()].copy_from_slice(now);
            self.filled = self.filled.max(self.next + now.len());
            pack(self.next, now);
            self.next = (self.next + now.len()) % places;
            new = rest;
        }
    }
}
