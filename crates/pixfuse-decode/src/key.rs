//! Keys of files for caches and routers.

/// A key of what becomes of a file: BLAKE3 of its stored bytes and of a text that says what is done with them, as 64
/// hexadecimal digits. Nothing is decoded.
///
/// The text is a pipeline's, or `Imported::fingerprint` of a config: the same file and text give the same key on every
/// machine and in every language, and two files with one key cannot be made, so that a cache may be shared by people who do
/// not trust each other.
///
/// ```
/// let pipe = pixfuse::Pipeline::parse("input(rgb8), resize(2, 2, bilinear), normalize(), output(rgb, f32, chw)")?;
/// let key = pixfuse_decode::item_key(pipe.text(), b"the bytes of a file");
/// assert_eq!(key.len(), 64);
/// assert_ne!(key, pixfuse_decode::item_key(pipe.text(), b"those of another"));
/// # Ok::<(), pixfuse::Error>(())
/// ```
pub fn item_key(text: &str, file: &[u8]) -> String {
    let mut hasher = blake3::Hasher::new_derive_key("pixfuse 2026-11-30 item key: length of the text, text, file");
    hasher.update(&(text.len() as u64).to_le_bytes()).update(text.as_bytes()).update(file);
    hasher.finalize().to_hex().to_string()
}

#[cfg(test)]
mod tests {
    use super::item_key;

    #[test]
    fn text_and_file_are_told_apart() {
        assert_ne!(item_key("ab", b"c"), item_key("a", b"bc"));
        assert_eq!(item_key("ab", b"c"), item_key("ab", b"c"));
    }
}
