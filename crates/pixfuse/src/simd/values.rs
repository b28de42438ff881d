//! Operations on values: safe functions of a level, which whoever has its token may call.

/// Methods of a token that touch values only. A body is a safe function with the features of the level: the compiler
/// refuses loads, stores and gathers in it, and what is unsafe is the call alone.
macro_rules! values {
    ([$($feature:tt),+]) => {};
    (
        [$($feature:tt),+]
        $(#[$meta:meta])*
        $visibility:vis fn $name:ident $(<$(const $count:ident: $kind:ty),+>)? (self $(, $argument:ident: $type:ty)* $(,)?)
            $(-> $result:ty)? { $($body:tt)* }
        $($rest:tt)*
    ) => {
        $(#[$meta])*
        #[inline(always)]
        $visibility fn $name $(<$(const $count: $kind),+>)? (self $(, $argument: $type)*) $(-> $result)? {
            #[inline]
            #[target_feature($(enable = $feature),+)]
            fn $name $(<$(const $count: $kind),+>)? ($($argument: $type),*) $(-> $result)? { $($body)* }
            // SAFETY: `self` is a token of the level, which exists only where detection found all of these features.
            unsafe { $name $(::<$($count),+>)? ($($argument),*) }
        }

        values! { [$($feature),+] $($rest)* }
    };
}

pub(super) use values;
