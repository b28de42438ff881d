//! axum: an upload becomes a tensor, on a thread that may block; a file that is none is the client's mistake.

use std::sync::LazyLock;

use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::{Router, routing::post};
use pixfuse::{Pipeline, presets};
use pixfuse_decode::{Options, decode};

static PIPE: LazyLock<Pipeline> = LazyLock::new(|| Pipeline::from_entry(presets::find("imagenet").unwrap()).unwrap());

async fn tensor(file: Bytes) -> Result<Vec<u8>, (StatusCode, String)> {
    let options = Options { max_pixels: 50_000_000, ..Options::default() };
    let made = tokio::task::spawn_blocking(move || decode::<f32>(&PIPE, &file, &options));
    match made.await.expect("decoding does not panic") {
        Ok(tensor) => Ok(tensor.data.into_iter().flat_map(f32::to_le_bytes).collect()),
        Err(error) => Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, format!("{}: {error}", error.code()))),
    }
}

fn app() -> Router {
    Router::new().route("/tensor", post(tensor)).layer(DefaultBodyLimit::max(20 << 20))
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8000").await?;
    axum::serve(listener, app()).await
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::Request;
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    use super::*;

    const PHOTO: &[u8] = include_bytes!("../../../demo/photo.jpg");

    async fn post(file: &'static [u8]) -> (StatusCode, Vec<u8>) {
        let request = Request::post("/tensor").body(Body::from(file)).unwrap();
        let answer = app().oneshot(request).await.unwrap();
        let status = answer.status();
        (status, answer.into_body().collect().await.unwrap().to_bytes().to_vec())
    }

    #[tokio::test]
    async fn an_upload_is_a_tensor() {
        let expected = decode::<f32>(&PIPE, PHOTO, &Options::default()).unwrap().data;
        let expected: Vec<u8> = expected.into_iter().flat_map(f32::to_le_bytes).collect();
        assert_eq!(post(PHOTO).await, (StatusCode::OK, expected));
    }

    #[tokio::test]
    async fn what_is_no_image_is_the_clients_mistake() {
        let (status, message) = post(b"<html>").await;
        assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        assert!(message.starts_with(b"unknown_format: "), "{}", String::from_utf8_lossy(&message));
    }
}
