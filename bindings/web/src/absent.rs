//! What a module that was built without some features says of what it leaves out.

use crate::refusal::Refusal;

/// What a question asks for that no part of this module answers.
pub(crate) fn call(name: &str) -> Refusal {
    match name {
        "decode" | "decodeBatch" | "decodeGeometry" | "header" => Refusal::absent(
            "data: this module of WebAssembly has no decoders; import 'pixfuse-web/photos' for files of JPEG, PNG and WebP, \
             or 'pixfuse-web' for GIF, BMP and TIFF too (one of your own: the features `photos` and `formats`)",
        ),
        "preview" | "previewFile" => Refusal::absent(
            "preview: this module of WebAssembly draws no pictures; import 'pixfuse-web' (one of your own: the feature \
             `previews`)",
        ),
        "config" | "videoConfig" => Refusal::absent(
            "config: this module of WebAssembly reads no configs of models; import 'pixfuse-web' (one of your own: the \
             feature `configs`)",
        ),
        other => Refusal::internal(format_args!("no call \"{other}\"")),
    }
}

/// Of a file of a format whose decoder is left out.
#[cfg(feature = "photos")]
pub(crate) fn format(name: &str) -> String {
    format!(
        "file: this is a file of {name}, which this module of WebAssembly does not decode; import 'pixfuse-web' (one of your \
         own: the feature `formats`)"
    )
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_absent_says_where_it_is() {
        for (name, argument) in [("decode", "data: "), ("preview", "preview: "), ("videoConfig", "config: ")] {
            let message = super::call(name);
            let message = message.message();
            assert!(message.starts_with(argument) && message.contains("import 'pixfuse-web"), "{message}");
        }
        assert!(super::call("nothing").message().contains("no call \"nothing\""));
    }
}
