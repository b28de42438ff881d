"""A config is its model's processor: what is read, what is refused, and what a call returns."""

import hashlib
import io
import json
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pixfuse
import pytest
from PIL import Image
from pixfuse import Pipeline, PipelineError, from_config

VIT = {"image_processor_type": "ViTImageProcessor", "size": {"height": 24, "width": 20}}
CLIP = {"feature_extractor_type": "CLIPFeatureExtractor", "size": 24, "crop_size": 20, "resample": 3}
DETR = {"image_processor_type": "DetrImageProcessor", "size": 24, "max_size": 30}
IMAGE = np.random.default_rng(1).integers(0, 256, (40, 60, 3), np.uint8)
PHOTO = Image.fromarray(IMAGE)


def test_a_config_is_a_declaration():
    assert from_config(CLIP).declaration == (
        "input(rgb8), resize(shortest = 24, bicubic, antialias, like = torch), "
        "center_crop(20, 20, rounding = truncate), normalize(mean = [0.48145466, 0.4578275, 0.40821073], "
        "std = [0.26862954, 0.26130258, 0.27577711], order = hf_torch), output(rgb, f32, chw)"
    )


def test_the_backend_is_asked_for():
    assert "like = torch" not in from_config(VIT, backend="pil").declaration
    assert from_config(VIT, backend="torchvision").backend == "torch"
    with pytest.raises(PipelineError, match="backend: 'numpy', expected 'torch' or 'pil'"):
        from_config(VIT, backend="numpy")


def test_sources_say_the_same(tmp_path):
    (tmp_path / "preprocessor_config.json").write_text("\ufeff" + json.dumps(VIT), encoding="utf-8")
    (tmp_path / "config.json").write_text('{"model_type": "clip"}')
    wanted = from_config(VIT)
    for source in (json.dumps(VIT), tmp_path, str(tmp_path / "preprocessor_config.json"), wanted.config | VIT):
        assert from_config(source).declaration == wanted.declaration
    # The image part of processor_config.json stands over it.
    (tmp_path / "processor_config.json").write_text(json.dumps({"image_processor": CLIP}))
    assert from_config(tmp_path).class_name == "CLIPImageProcessor"


def test_the_model_type_names_the_class(tmp_path):
    (tmp_path / "preprocessor_config.json").write_text(json.dumps({"size": {"height": 24, "width": 20}}))
    with pytest.raises(PipelineError, match="image_processor_type"):
        from_config(tmp_path)
    (tmp_path / "config.json").write_text('{"model_type": "siglip"}')
    assert from_config(tmp_path).class_name == "SiglipImageProcessor"


def test_a_call_returns_what_the_library_names():
    processor = from_config(VIT)
    result = processor([IMAGE, PHOTO], return_tensors="np")
    assert list(result) == ["pixel_values"] and result["pixel_values"].shape == (2, 3, 24, 20)
    assert np.array_equal(result["pixel_values"][0], Pipeline(processor.declaration)(IMAGE))
    assert np.array_equal(result["pixel_values"][0], result["pixel_values"][1])
    planes = processor(np.ascontiguousarray(IMAGE.transpose(2, 0, 1)), return_tensors="np")
    assert np.array_equal(planes["pixel_values"][0], result["pixel_values"][0])
    assert [tensor.shape for tensor in processor(IMAGE)["pixel_values"]] == [(3, 24, 20)]


def test_smaller_images_are_padded_and_masked():
    result = from_config(DETR)([IMAGE, IMAGE[:, :40]], return_tensors="np")
    assert result["pixel_values"].shape == (2, 3, 24, 30) and result["pixel_mask"].dtype == np.int64
    assert result["pixel_mask"][1].sum() == 24 * 24 and not result["pixel_values"][1, :, :, 24:].any()
    assert from_config(DETR, do_pad=False).outputs == ("pixel_values",)


def test_keywords_of_a_call():
    processor = from_config(VIT)
    called = processor(IMAGE, return_tensors="np", size={"height": 8, "width": 9}, do_normalize=False)["pixel_values"]
    assert np.array_equal(called, from_config(VIT, size=[8, 9], do_normalize=False)(IMAGE, return_tensors="np")["pixel_values"])
    assert processor(IMAGE, return_tensors="np", do_resize=False)["pixel_values"].shape == (1, 3, 40, 60)
    with pytest.raises(PipelineError, match="sice: no keyword of this class"):
        processor(IMAGE, sice=8)


def test_alpha_lies_over_white_where_the_class_converts():
    clear = Image.fromarray(np.dstack([IMAGE, np.zeros(IMAGE.shape[:2], np.uint8)]))
    white = from_config(CLIP)(np.full_like(IMAGE, 255), return_tensors="np")["pixel_values"]
    assert np.array_equal(from_config({**CLIP, "do_convert_rgb": True})(clear, return_tensors="np")["pixel_values"], white)
    for image in (clear, PHOTO.convert("L"), PHOTO.quantize(8)):
        with pytest.raises(PipelineError, match='3 numbers of image_mean .*convert\\("RGB"\\)'):
            from_config(VIT)(image)


def test_files():
    file = io.BytesIO()
    PHOTO.convert("RGBA").save(file, "PNG")
    result = from_config(VIT).decode([file.getvalue()] * 2, return_tensors="np")["pixel_values"]
    assert np.array_equal(result[1], from_config(VIT)(IMAGE, return_tensors="np")["pixel_values"][0])


def test_a_processor_is_a_value():
    processor = from_config(CLIP, backend="pil", size=22)
    copy = pickle.loads(pickle.dumps(processor))
    assert copy == processor and hash(copy) == hash(processor) and copy != from_config(CLIP)
    assert copy.declaration == processor.declaration and "resize(shortest = 22" in copy.declaration
    assert "CLIPImageProcessor of transformers, backend pil" in copy.explain()


# A config, the feature that it asks for, and what the message says.
REFUSED = {
    "a class": ({"image_processor_type": "ImageGPTImageProcessor"}, "content", "ImageGPTImageProcessor"),
    "tiles": ({"image_processor_type": "Phi4MultimodalImageProcessor", "dynamic_hd": 65}, "tiles", "dynamic_hd"),
    "a switch": ({**VIT, "image_processor_type": "Gemma3ImageProcessor", "do_pan_and_scan": True}, "tiles", "do_pan_and_scan"),
    "two divisions": ({"image_processor_type": "EfficientNetImageProcessor", "image_std": [0.47, 0.47, 0.47]}, "rounding", "include_top"),
    "an unknown class": ({"image_processor_type": "VitImageProcesor"}, None, "if ViTImageProcessor is meant"),
    "code": ({"image_processor_type": "Phi3VImageProcessor", "auto_map": {"AutoImageProcessor": "a.B"}}, None, "auto_map"),
    "a null": ({**VIT, "size": None}, None, "size: missing, and do_resize is true"),
    "a size of two kinds": ({**VIT, "size": {"height": 8, "shortest_edge": 9}}, None, "size: {.*expected a number of pixels"),
    "a filter of Pillow alone": ({**VIT, "resample": 4}, None, "resample: box, which torch has not"),
    "sound": ({"feature_size": 1, "sampling_rate": 16000}, None, "of sound"),
    "another list": ({**VIT, "image_mean": [0.5, 0.5]}, None, "2 numbers of image_mean"),
}


@pytest.mark.parametrize("config, feature, message", REFUSED.values(), ids=REFUSED)
def test_what_is_not_said_is_refused_by_name(config, feature, message):
    with pytest.raises(PipelineError, match=message) as error:
        from_config(config)
    assert error.value.feature == feature


def image(rows, columns):
    return np.arange(rows * columns * 3, dtype=np.uint32).astype(np.uint8).reshape(rows, columns, 3)


def test_patches_of_several_images_follow_each_other():
    qwen = from_config({"image_processor_type": "Qwen2VLImageProcessor", "min_pixels": 784, "max_pixels": 50000})
    result = qwen([image(56, 84), image(28, 28)], return_tensors="np")
    assert result["image_grid_thw"].tolist() == [[1, 4, 6], [1, 2, 2]] and result["image_grid_thw"].dtype == np.int64
    assert result["pixel_values"].shape == (28, 3 * 2 * 14 * 14)
    np.testing.assert_array_equal(result["pixel_values"][24:], qwen(image(28, 28), return_tensors="np")["pixel_values"])
    # A patch of PaddleOCR-VL keeps its axes.
    paddle = from_config({"image_processor_type": "PaddleOCRVLImageProcessor", "min_pixels": 784, "max_pixels": 50000})
    assert paddle(image(56, 84), return_tensors="np")["pixel_values"].shape == (24, 3, 14, 14)


def test_patches_are_filled_up_to_a_number():
    siglip = from_config({"image_processor_type": "Siglip2ImageProcessor", "max_num_patches": 22})
    result = siglip([image(40, 60), image(60, 40)], return_tensors="np")
    assert result["pixel_values"].shape == (2, 22, 768) and result["spatial_shapes"].tolist() == [[4, 5], [5, 4]]
    mask = result["pixel_attention_mask"]
    assert mask.dtype == np.int32 and mask.tolist() == [[1] * 20 + [0] * 2] * 2 and not result["pixel_values"][0, 20:].any()
    gemma = from_config({"image_processor_type": "Gemma4ImageProcessor", "max_soft_tokens": 70})
    result = gemma(image(40, 60), return_tensors="np")
    places = result["image_position_ids"][0]
    assert places[30].tolist() == [0, 1] and places[-1].tolist() == [-1, -1] and len(places) == 630
    assert result["num_soft_tokens_per_image"].tolist() == [60] and (places >= 0).all(1).sum() == 18 * 30


def test_frames_and_the_sizes_before_them():
    sam = from_config({"image_processor_type": "SamImageProcessor", "size": {"longest_edge": 32}, "pad_size": {"height": 32, "width": 32}})
    result = sam([image(40, 60), image(20, 10)], return_tensors="np")
    assert result["pixel_values"].shape == (2, 3, 32, 32) and not result["pixel_values"][0, :, 21:].any()
    assert result["original_sizes"].tolist() == [[40, 60], [20, 10]]
    assert result["reshaped_input_sizes"].tolist() == [[21, 32], [32, 16]]
    detr = from_config({"image_processor_type": "DetrImageProcessor", "size": 16, "max_size": 20, "pad_size": {"height": 30, "width": 30}})
    result = detr(image(40, 60), return_tensors="np")
    assert result["pixel_values"].shape == (1, 3, 30, 30) and result["pixel_mask"].sum() == 13 * 20


def test_images_of_a_prompt_have_an_axis_of_their_own():
    idefics = from_config({"image_processor_type": "Idefics2ImageProcessor", "size": {"shortest_edge": 8, "longest_edge": 24}})
    result = idefics([[image(30, 60), image(20, 10)], [image(16, 12)]], return_tensors="np")
    assert result["pixel_values"].shape == (2, 2, 3, 20, 24) and not result["pixel_values"][1, 1].any()
    assert result["pixel_attention_mask"].sum((2, 3)).tolist() == [[12 * 24, 20 * 10], [16 * 12, 0]]


def test_tiles_of_several_images():
    size = {"size": {"height": 32, "width": 32}}
    ocr = from_config({"image_processor_type": "GotOcr2ImageProcessor", **size, "crop_to_patches": True, "max_patches": 6})
    result = ocr([image(40, 80), image(30, 30)], return_tensors="np")
    assert result["num_patches"].tolist() == [3, 1] and result["pixel_values"].shape == (4, 3, 32, 32)
    np.testing.assert_array_equal(result["pixel_values"][3:], ocr(image(30, 30), return_tensors="np")["pixel_values"])
    mllama = from_config({"image_processor_type": "MllamaImageProcessor", **size})
    result = mllama([[image(30, 60), image(20, 20)], [image(60, 30)]], return_tensors="np")
    assert result["pixel_values"].shape == (2, 2, 4, 3, 32, 32) and not result["pixel_values"][1, 1].any()
    # Grids in their order: 1 x 1, 1 x 2, 1 x 3, 1 x 4, 2 x 1; a sample without a second image has a first tile all the same.
    assert result["aspect_ratio_ids"].tolist() == [[2, 1], [5, 0]] and result["num_tiles"] == [[2, 1], [2]]
    assert result["aspect_ratio_mask"].tolist() == [[[1, 1, 0, 0], [1, 0, 0, 0]], [[1, 1, 0, 0], [1, 0, 0, 0]]]
    llava = from_config({"image_processor_type": "LlavaOnevisionImageProcessor", **size, "image_grid_pinpoints": [[32, 64], [32, 32]]})
    result = llava([image(30, 60), image(30, 30)], return_tensors="np")
    assert result["pixel_values"].shape == (2, 3, 3, 32, 32) and not result["pixel_values"][1, 2].any()
    with pytest.raises(PipelineError, match="a sample of several images"):
        llava([[image(30, 60), image(30, 30)]])


def test_other_libraries():
    timm = {"pretrained_cfg": {"input_size": [3, 64, 64], "test_input_size": [3, 96, 96], "crop_pct": 1.0, "test_crop_pct": 0.9}}
    assert "resize(shortest = 64, bicubic, antialias), center_crop(64, 64)" in from_config(timm).declaration
    assert "resize(shortest = 106" in from_config(timm, use_test_size=True).declaration
    open_clip = {"model_cfg": {"vision_cfg": {"image_size": [64, 96]}}, "preprocess_cfg": {"interpolation": "bilinear"}}
    # It hands its interpolation on for a square alone.
    assert "resize(cover = [64, 96], bicubic, antialias)" in from_config(open_clip).declaration
    onnx = {"task": "detect", "stride": "32", "imgsz": "[480, 640]", "names": "{0: 'a'}"}
    assert "letterbox(480, 640, bilinear)" in from_config(onnx).declaration
    javascript = {"feature_extractor_type": "ImageFeatureExtractor", "size": {"width": 32, "height": 24}, "mean": 0.5, "std": 1, "do_normalize": True}
    assert "resize(24, 32, bilinear, antialias, like = torch)" in from_config(javascript).declaration


def test_files_that_are_no_configs(tmp_path):
    pointer = tmp_path / "preprocessor_config.json"
    pointer.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
    with pytest.raises(PipelineError, match="git lfs pull"):
        from_config(pointer)
    with pytest.raises(PipelineError, match="neither a file nor a folder"):
        from_config("google/vit-base-patch16-224")
    assert pixfuse.Processor.__module__ == "pixfuse"


GOLDENS = Path(__file__).parents[3] / "crates/pixfuse-config/tests/goldens"
DIGESTS = [line.split() for line in (GOLDENS / "digests.txt").read_text().splitlines()[1:]]


def photos():
    small = np.fromfile(GOLDENS.parents[2] / "pixfuse/tests/goldens/photos/photos.rgb", np.uint8).reshape(5, 96, 128, 3)
    turns = [(np.arange(length) + length) % (2 * side) for length, side in zip((157, 211), (96, 128))]
    rows, columns = [np.minimum(turn, 2 * side - 1 - turn) for turn, side in zip(turns, (96, 128))]
    return [Image.fromarray(photo[rows][:, columns]) for photo in small]


@pytest.mark.parametrize("file, backend, expected", DIGESTS, ids=[f"{file} {backend}" for file, backend, _ in DIGESTS])
def test_configs_are_their_libraries(file, backend, expected):
    tensors = from_config(GOLDENS / file, backend=backend)(photos(), return_tensors="np")["pixel_values"]
    assert hashlib.sha256(tensors.tobytes()).hexdigest()[:16] == expected


VIEWS = [line.split() for line in (GOLDENS / "views.txt").read_text().splitlines()[1:]]
JOINED = [line.split() for line in (GOLDENS / "joined.txt").read_text().splitlines()[1:]]


@pytest.mark.parametrize("file, backend, name, expected", VIEWS, ids=[" ".join(line[:3]) for line in VIEWS])
def test_views_are_their_libraries(file, backend, name, expected):
    processor, digest = from_config(GOLDENS / "views" / file, backend=backend), hashlib.sha256()
    for image in photos():
        tensor = processor(image, return_tensors="np")[name]
        digest.update(tensor.tobytes())
        alone = next((view for view in processor.views if name in view.outputs), None)
        assert alone is None or np.array_equal(alone(image, return_tensors="np")[name], tensor)
    assert digest.hexdigest()[:16] == expected


def test_a_view_is_not_of_every_image():
    processor = from_config(GOLDENS / "views/unlimited_ocr.json")
    small, large = PHOTO.resize((20, 30)), PHOTO
    result = processor([small, large, small], return_tensors="np")
    alone = processor(large, return_tensors="np")
    assert result["pixel_values"].shape == (3, 3, 64, 64)
    assert np.array_equal(result["pixel_values_local"], alone["pixel_values_local"])
    count = len(alone["pixel_values_local"])
    assert result["num_local_patches"] == [0, count, 0]
    columns, rows = result["patches_grid"][1]
    assert result["patches_grid"] == [[1, 1], [columns, rows], [1, 1]] and columns * rows == count
    assert [processor.patches(30, 20), processor.patches(40, 60)] == [1, 1 + count]
    assert "pixel_values_local" not in processor(small)
    file = io.BytesIO()
    large.save(file, "PNG")
    decoded = processor.decode(file.getvalue(), return_tensors="np")
    assert all(np.array_equal(decoded[key], alone[key]) for key in ("pixel_values", "pixel_values_local"))
    assert pickle.loads(pickle.dumps(processor)) == processor


@pytest.mark.parametrize("file, backend, name, expected", JOINED, ids=[" ".join(line[:3]) for line in JOINED])
def test_images_and_tiles_in_patches_are_their_libraries(file, backend, name, expected):
    processor, digest = from_config(GOLDENS / "joined" / file, backend=backend), hashlib.sha256()
    for image in photos():
        digest.update(processor(image, return_tensors="np")[name].tobytes())
    assert digest.hexdigest()[:16] == expected


def test_images_and_tiles_of_several_images_are_one_tensor():
    large, small = photos()[0], PHOTO
    mini = from_config(GOLDENS / "joined/minicpm_v4_6.json")
    one, two, both = (mini(images, return_tensors="np") for images in (large, small, [large, small]))
    assert np.array_equal(both["pixel_values"], np.concatenate([one["pixel_values"], two["pixel_values"]], axis=3))
    assert np.array_equal(both["target_sizes"], np.concatenate([one["target_sizes"], two["target_sizes"]]))
    assert both["target_sizes"].dtype == np.int32 and both["grids"] == [[2, 2], [0, 0]] and mini.patches(157, 211) == 5
    assert both["num_patches_per_image"] == [5, 1]
    lfm = from_config(GOLDENS / "joined/lfm2_vl.json")
    result = lfm([large, small], return_tensors="np")
    tiles = lfm.patches(157, 211)
    assert result["pixel_values"].shape == (tiles + 1, 64, 192) and lfm.patches(40, 60) == 1
    assert result["spatial_shapes"][0].tolist() == [8, 8]
    assert result["pixel_attention_mask"].sum(1).tolist() == result["spatial_shapes"].prod(1).tolist()
    file = io.BytesIO()
    large.save(file, "PNG")
    assert np.array_equal(mini.decode(file.getvalue(), return_tensors="np")["pixel_values"], one["pixel_values"])


def test_what_follows_from_sizes_alone():
    images, phi = [photos()[0], PHOTO], from_config(GOLDENS / "joined/phi4_multimodal.json")
    result = phi(images, return_tensors="np")
    assert result["image_pixel_values"].shape == (2, 7, 3, 56, 56) and phi.patches(157, 211) == 7
    assert result["image_sizes"].tolist() == [[112, 168], [56, 112]] and result["image_sizes"].dtype == np.int64
    mask = result["image_attention_mask"]
    assert mask.shape == (2, 7, 4, 4) and mask.dtype == np.float32
    # The view, a column of margin in the second tile, and tiles of nothing.
    assert mask[1].sum((1, 2)).tolist() == [16, 16, 8, 16, 16, 16, 16]
    assert not result["image_pixel_values"][1, 3:].any()
    molmo = from_config(GOLDENS / "joined/molmo2.json")
    result = molmo(images, return_tensors="np")
    counts = result["image_num_crops"]
    assert counts.tolist() == [molmo.patches(157, 211), molmo.patches(40, 60)]
    assert result["pixel_values"].shape == (counts.sum(), 36, 588)
    pooled = result["image_token_pooling"]
    grids = result["image_grids"]
    assert pooled.dtype == np.int32 and len(pooled) == (grids[:, 0] * grids[:, 1] + grids[:, 2] * grids[:, 3]).sum()
    assert pooled.max() == counts.sum() * 36 - 1
    with pytest.raises(PipelineError, match="below 10"):
        phi(np.zeros((1, 300, 3), np.uint8))


def test_windows_of_several_images():
    large, small = photos()[0], PHOTO
    step = from_config(GOLDENS / "views/step3p7.json")
    result = step([small, large], return_tensors="np")
    assert result["pixel_values"].shape == (2, 3, 60, 60) and result["pixel_values_local"].shape == (20, 3, 48, 48)
    assert result["num_local_patches"].tolist() == [0, 20]
    ends = [row < 3 and column == 4 for row in range(4) for column in range(5)]
    assert result["patch_newline_masks"] == [[False] * 20, ends]
    assert "patch_newline_masks" not in step(small) and [step.patches(40, 60), step.patches(157, 211)] == [0, 20]
    with pytest.raises(PipelineError, match="so thin that the class puts it into a square"):
        step(image(5, 300))
    llava = from_config(GOLDENS / "joined/llava_next.json")
    pixels = llava([large, small.resize((30, 90))], return_tensors="np")["pixel_values"]
    assert pixels.shape == (2, 10, 3, 32, 32) and llava.patches(157, 211) == 10 and llava.patches(90, 30) == 7
    assert not pixels[1, 7:].any() and pixels[1, 6].any()


def test_an_image_that_is_resized_twice_has_no_pipeline():
    processor = from_config(GOLDENS / "views/deepseek_vl_hybrid.json")
    with pytest.raises(PipelineError, match="resizes an image twice for pixel_values, which is no one Pipeline"):
        processor.pipeline()
    assert processor.outputs == ("pixel_values", "high_res_pixel_values")
    result = processor([PHOTO, PHOTO.resize((30, 60))], return_tensors="np")
    assert [result[name].shape for name in processor.outputs] == [(2, 3, 24, 24), (2, 3, 64, 64)]
    file = io.BytesIO()
    PHOTO.save(file, "PNG")
    assert np.array_equal(processor.decode(file.getvalue(), return_tensors="np")["pixel_values"][0], result["pixel_values"][0])



def test_the_package_imports_no_library_of_models():
    program = (
        "import sys, pixfuse, pixfuse.transformers, pixfuse.command\n"
        "pixfuse.from_config({'image_processor_type': 'ViTImageProcessor'})\n"
        "print(sorted({name.split('.')[0] for name in sys.modules} & {'torch', 'torchvision', 'transformers', 'timm', 'PIL'}))"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout == "[]\n"


def test_memory_of_tensors_is_taken_again_and_shared_with_nobody():
    processor = from_config({"image_processor_type": "Sam2ImageProcessor", "size": {"height": 300, "width": 301}})
    expected = processor(PHOTO, return_tensors="np")["pixel_values"].copy()
    kept = [processor(PHOTO, return_tensors="np")["pixel_values"] for _ in range(4)]
    for round in range(6):
        for tensor in kept:
            np.testing.assert_array_equal(tensor, expected)
        assert len({tensor.__array_interface__["data"][0] for tensor in kept}) == len(kept)
        kept[round % 4].fill(np.nan)
        kept[round % 4] = processor(PHOTO, return_tensors="np")["pixel_values"]
    tensor = kept[0][0]
    assert tensor.flags.writeable and tensor.flags.c_contiguous
    view = tensor[1:, 7]
    del kept, tensor
    again = [processor(PHOTO, return_tensors="np")["pixel_values"] for _ in range(4)]
    np.testing.assert_array_equal(view, expected[0, 1:, 7])
    del again


def test_sizes_of_steps_that_are_off_may_be_anything():
    config = {"image_processor_type": "CLIPImageProcessor", "do_resize": False, "do_center_crop": False}
    unused = {"size": {"shortest_edge": -1}, "crop_size": {"height": -1, "width": -1}}
    assert from_config({**config, **unused}).declaration == from_config(config).declaration
    with pytest.raises(PipelineError, match="shortest_edge is -1, expected a number of pixels"):
        from_config({**config, **unused}, do_resize=True)
    with pytest.raises(PipelineError, match="expected a number of pixels"):
        from_config({**config, "size": "large"})


COUNTS = [line.split() for line in (GOLDENS / "counts.txt").read_text().splitlines()[1:]]
SIZES = [
    [int(side) for side in line.split()[:2]]
    for line in (GOLDENS.parents[2] / "pixfuse/tests/goldens/sizes.txt").read_text().splitlines()[2:]
]


@pytest.mark.parametrize("kind", ["patches", "tokens"])
def test_counts_are_those_of_transformers(kind):
    assert len(COUNTS) >= 190 and len(SIZES) >= 260, "the files of goldens are whole"

    def count(processor, height, width, keywords):
        try:
            return getattr(processor, kind)(height, width, **keywords)
        except PipelineError:
            return 0

    for _, name, backend, words, expected in (line for line in COUNTS if line[0] == kind):
        config = json.loads(name) if name.startswith("{") else {"image_processor_type": name}
        processor, keywords = from_config(config, backend=backend), json.loads(words)
        counts = " ".join(str(count(processor, height, width, keywords)) for height, width in SIZES)
        assert hashlib.sha256(counts.encode()).hexdigest()[:16] == expected, (name, backend, words)


def test_counts_are_of_the_tensor():
    processor = from_config({"image_processor_type": "Qwen2VLImageProcessor"})
    assert processor.patches(40, 60) == processor(IMAGE)["pixel_values"].shape[0]
    assert processor.tokens(40, 60, min_pixels=50176) == processor.patches(40, 60, min_pixels=50176) // 4
    assert from_config(VIT).patches(40, 60) == 1
    with pytest.raises(PipelineError, match="ViTImageProcessor: tokens: the class does not say how many of them a model makes"):
        from_config(VIT).tokens(40, 60)
    with pytest.raises(PipelineError, match="more than 200 times"):
        processor.patches(1, 201)


def test_tokens_are_of_the_models_processor(tmp_path):
    image = {"image_processor_type": "PixtralImageProcessor", "size": {"longest_edge": 1540}, "patch_size": 14}
    # Numbers of a processor are not guessed: those of another model may be meant.
    with pytest.raises(PipelineError, match="PixtralProcessor counts with numbers of its own, patch_size, spatial_merge_size"):
        from_config({"processor_class": "PixtralProcessor", **image}).tokens(480, 640)
    # As a folder has them: 18 rows of 23 patches, with a break behind each.
    (tmp_path / "preprocessor_config.json").write_text(json.dumps(image))
    (tmp_path / "processor_config.json").write_text(json.dumps({"processor_class": "PixtralProcessor", "patch_size": 14, "spatial_merge_size": 2}))
    processor = from_config(tmp_path)
    assert processor.tokens(480, 640) == 18 * (23 + 1)
    assert pickle.loads(pickle.dumps(processor)).tokens(480, 640) == 18 * 24
    # InternVL's processor turns tiles on, whatever the class's own config says.
    intern = from_config({"processor_class": "InternVLProcessor", "image_processor": {"image_processor_type": "GotOcr2ImageProcessor"}})
    assert (intern.patches(1080, 1920), intern.tokens(1080, 1920), intern.tokens(1080, 1920, crop_to_patches=False)) == (1, 2 + 9 * 256, 258)
    assert any("crop_to_patches = true" in note for note in intern.notes)


def test_a_key_is_of_the_file_and_of_what_is_done(tmp_path):
    processor = from_config(VIT)
    # The same in Node.js.
    assert processor.item_key(b"a file") == "c1f7b86eaa38fec16a20f0ef9491282d4842656276bd22e2fb23934fbc6b6d16"
    (tmp_path / "file").write_bytes(b"a file")
    keys = {
        processor.item_key(file, **keywords)
        for file in (b"a file", b"another")
        for keywords in ({}, {"size": 24}, {"do_normalize": False})
    } | {from_config(VIT, backend="pil").item_key(b"a file"), from_config(DETR).item_key(b"a file")}
    assert len(keys) == 8
    assert processor.item_key(tmp_path / "file") == processor.item_key(memoryview(b"a file"))
    with pytest.raises(PipelineError, match="file"):
        processor.item_key(7)


# Of transformers 5.24: two pairs, the first image of the second one gray already, in three channels.
MATCHED = {"torch": "427917fce8bb66d3", "pil": "d64dca9a277ad397"}


@pytest.mark.parametrize("backend", MATCHED)
@pytest.mark.parametrize("name", ["SuperGlue", "LightGlue", "EfficientLoFTR"])
def test_pairs_of_images_and_their_gray(name, backend):
    rows, columns = ((np.arange(length) + length) % (2 * side) for length, side in ((157, 96), (211, 128)))
    rows, columns = np.minimum(rows, 191 - rows), np.minimum(columns, 255 - columns)
    small = np.fromfile(GOLDENS.parents[2] / "pixfuse/tests/goldens/photos/photos.rgb", np.uint8).reshape(5, 96, 128, 3)
    first, second, third, fourth, _ = [Image.fromarray(photo[rows][:, columns]) for photo in small]
    processor = from_config({"image_processor_type": f"{name}ImageProcessor", "size": {"height": 96, "width": 120}}, backend=backend)
    pairs = [[first, second], [third.convert("L").convert("RGB"), fourth]]
    made = processor(pairs, return_tensors="np")["pixel_values"]
    assert made.shape == (2, 2, 3, 96, 120)
    assert hashlib.sha256(made.tobytes()).hexdigest()[:16] == MATCHED[backend]
    assert np.array_equal(processor(pairs[0], return_tensors="np")["pixel_values"], made[:1])
    assert np.array_equal(processor(pairs)["pixel_values"][0][1], made[0, 1])
    gray = processor([first.convert("L"), second.convert("L")], return_tensors="np")["pixel_values"]
    assert gray.shape == (1, 2, 1, 96, 120)
    colours = processor(pairs[0], do_grayscale=False, return_tensors="np")["pixel_values"]
    assert (colours[:, :, 0] != colours[:, :, 1]).any()
    for given in (first, [first], [first, second, third], [[first, second], [third]], (first, second)):
        with pytest.raises(pixfuse.PipelineError, match="takes pairs of them"):
            processor(given)
    with pytest.raises(pixfuse.PipelineError, match="disable_grouping: False"):
        processor(pairs, disable_grouping=False)
    with pytest.raises(pixfuse.PipelineError, match="of pixels that are not rescaled"):
        processor(pairs, do_rescale=False)


def test_sizes_that_depend_on_each_other():
    processor = from_config({"image_processor_type": "PPOCRV6SmallRecImageProcessor"})
    line, short = np.zeros((40, 500, 3), np.uint8), np.zeros((40, 90, 3), np.uint8)
    assert processor(line, return_tensors="np")["pixel_values"].shape == (1, 3, 48, 600)
    assert processor([short, short], return_tensors="np")["pixel_values"].shape == (2, 3, 48, 320)
    with pytest.raises(pixfuse.PipelineError, match="give each image alone"):
        processor([line, short])
    # What a call says of the size the class does not read.
    assert processor(short, size={"height": 20, "width": 30}, return_tensors="np")["pixel_values"].shape == (1, 3, 48, 320)
