"""transformers with pixfuse as a backend. Needs transformers and torchvision; elsewhere these are said to be skipped."""

import json
import pickle
import warnings

import numpy as np
import pytest

transformers = pytest.importorskip("transformers")
pytest.importorskip("torchvision")

import torch  # noqa: E402
from PIL import Image  # noqa: E402

import pixfuse  # noqa: E402
import pixfuse.transformers  # noqa: E402

SIZES = [(48, 64), (101, 67), (333, 500)]
CLASSES = {
    "ViTImageProcessor": {},
    "CLIPImageProcessor": {},
    "SiglipImageProcessor": {},
    "BitImageProcessor": {"size": {"shortest_edge": 256}, "crop_size": {"height": 224, "width": 224}},
    "ConvNextImageProcessor": {},
    "Sam2ImageProcessor": {},
    "DetrImageProcessor": {},
    "Qwen2VLImageProcessor": {"size": {"shortest_edge": 784, "longest_edge": 50_000}},
    "Siglip2ImageProcessor": {},
    "PixtralImageProcessor": {},
    "Mask2FormerImageProcessor": {"size": {"shortest_edge": 128, "longest_edge": 200}},
    "SamImageProcessor": {"size": {"longest_edge": 256}, "pad_size": {"height": 256, "width": 256}},
}
MODEL_TYPES = {"CLIPImageProcessor": "clip", "ViTImageProcessor": "vit", "SiglipImageProcessor": "siglip"}


def photo(size, seed=1):
    rows, columns = size
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (rows, columns, 3), np.uint8))


def folder(path, name, **config):
    (path / "preprocessor_config.json").write_text(json.dumps({"image_processor_type": name, **config}))
    return str(path)


@pytest.fixture(autouse=True)
def registered():
    # On several threads torch's plain bilinear filter of floats has other last bits, and Molmo 2 rounds them.
    torch.set_num_threads(1)
    pixfuse.transformers.register()


def equal(ours, theirs):
    assert set(ours) == set(theirs)
    for name, value in theirs.items():
        assert type(ours[name]) is type(value), name
        if isinstance(value, torch.Tensor):
            assert ours[name].dtype == value.dtype, name
            assert torch.equal(ours[name], value), name
        else:
            np.testing.assert_array_equal(np.asarray(ours[name]), np.asarray(value))


def equal_lists(ours, theirs):
    lists = {name: value for name, value in theirs.items() if isinstance(value, list)}
    assert {name: ours[name] for name in lists} == lists and lists
    equal({name: ours[name] for name in ours if name not in lists}, {name: theirs[name] for name in theirs if name not in lists})


@pytest.mark.parametrize("name", CLASSES)
def test_results_are_the_library_s(name, tmp_path):
    source = folder(tmp_path, name, **CLASSES[name])
    theirs = transformers.AutoImageProcessor.from_pretrained(source, backend="torchvision")
    ours = transformers.AutoImageProcessor.from_pretrained(source, backend="pixfuse")
    assert type(ours) is not type(theirs)
    assert isinstance(ours, type(theirs))
    for size in SIZES:
        equal(ours(photo(size), return_tensors="pt"), theirs(photo(size), return_tensors="pt"))
    array = np.asarray(photo(SIZES[0]))
    equal(ours(array, return_tensors="pt"), theirs(array, return_tensors="pt"))
    tensor = torch.from_numpy(array.copy()).permute(2, 0, 1)
    equal(ours([tensor], return_tensors="np"), theirs([tensor], return_tensors="np"))
    images = [photo(SIZES[0], 1), photo(SIZES[0], 2)]
    equal(ours(images, return_tensors="pt"), theirs(images, return_tensors="pt"))


SEVERAL = {
    "DeepseekOcr2ImageProcessor": {"size": {"height": 96, "width": 96}, "tile_size": 64},
    "DeepseekVLHybridImageProcessor": {"size": {"height": 24, "width": 24}, "high_res_size": {"height": 64, "width": 64}},
    "Lfm2VlImageProcessor": {"tile_size": 64, "encoder_patch_size": 8, "min_image_tokens": 4, "max_image_tokens": 16},
    "Llama4ImageProcessor": {"size": {"height": 56, "width": 56}},
    "LlavaNextImageProcessor": {
        "size": {"shortest_edge": 32}, "crop_size": {"height": 32, "width": 32}, "image_grid_pinpoints": [[48, 96], [96, 96]],
    },
    "MiniCPMV4_6ImageProcessor": {"scale_resolution": 96, "patch_size": 4},
    "Molmo2ImageProcessor": {"size": {"height": 84, "width": 84}, "overlap_margins": [1, 2]},
    "Phi4MultimodalImageProcessor": {"size": {"height": 56, "width": 56}, "dynamic_hd": 6},
    "Step3p7ImageProcessor": {"size": {"height": 90, "width": 90}, "patch_size": 56},
    "UnlimitedOcrImageProcessor": {"size": {"height": 96, "width": 96}, "tile_size": 48, "max_patches": 12},
}  # fmt: skip


@pytest.mark.parametrize("name", SEVERAL)
def test_several_tensors_of_an_image_are_the_library_s(name, tmp_path):
    source = folder(tmp_path, name, **SEVERAL[name])
    theirs = transformers.AutoImageProcessor.from_pretrained(source, backend="torchvision")
    ours = transformers.AutoImageProcessor.from_pretrained(source, backend="pixfuse")
    for images in (photo((40, 50)), photo((300, 130)), [photo((333, 500)), photo((40, 60)), photo((90, 200))]):
        equal(ours(images, return_tensors="pt"), theirs(images, return_tensors="pt"))


def test_samples_of_tiles_are_the_library_s(tmp_path):
    source = folder(tmp_path, "SmolVLMImageProcessor", size={"longest_edge": 200}, max_image_size={"longest_edge": 64})
    theirs = transformers.AutoImageProcessor.from_pretrained(source, backend="torchvision")
    ours = transformers.AutoImageProcessor.from_pretrained(source, backend="pixfuse")
    for images in ([[photo((70, 140)), photo((30, 220))], [photo((64, 64))]], [[photo((20, 40))], [photo((300, 40))]]):
        keywords = {"return_tensors": "pt", "return_row_col_info": True}
        equal_lists(ours(images, **keywords), theirs(images, **keywords))


@pytest.mark.parametrize(
    "keywords",
    [
        {"size": {"height": 100, "width": 90}},
        {"do_resize": False},
        {"do_normalize": False},
        {"image_mean": [0.1, 0.2, 0.3], "image_std": [0.9, 0.8, 0.7]},
        {"resample": 3},
        {"do_rescale": False},
    ],
    ids=lambda keywords: next(iter(keywords)),
)
def test_keywords_of_a_call_mean_what_they_mean_there(keywords, tmp_path):
    source = folder(tmp_path, "ViTImageProcessor")
    theirs = transformers.AutoImageProcessor.from_pretrained(source, backend="torchvision")
    ours = transformers.AutoImageProcessor.from_pretrained(source, backend="pixfuse")
    equal(
        ours(photo(SIZES[1]), return_tensors="pt", **keywords), theirs(photo(SIZES[1]), return_tensors="pt", **keywords)
    )


def test_an_unknown_keyword_is_the_library_s_error(tmp_path):
    source = folder(tmp_path, "ViTImageProcessor")
    errors = []
    for backend in ("torchvision", "pixfuse"):
        processor = transformers.AutoImageProcessor.from_pretrained(source, backend=backend)
        with pytest.raises(Exception) as caught:
            processor(photo(SIZES[0]), sise=3)
        errors.append((type(caught.value), str(caught.value)))
    assert errors[0] == errors[1]


def test_what_is_saved_is_the_library_s(tmp_path):
    (tmp_path / "a").mkdir()
    source = folder(tmp_path / "a", "CLIPImageProcessor", size={"shortest_edge": 100})
    theirs = transformers.AutoImageProcessor.from_pretrained(source, backend="torchvision")
    ours = transformers.AutoImageProcessor.from_pretrained(source, backend="pixfuse")
    ours(photo(SIZES[0]))
    assert ours.to_dict() == theirs.to_dict()
    assert ours.to_json_string() == theirs.to_json_string()
    theirs.save_pretrained(tmp_path / "theirs")
    ours.save_pretrained(tmp_path / "ours")
    names = sorted(path.name for path in (tmp_path / "theirs").iterdir())
    assert names == sorted(path.name for path in (tmp_path / "ours").iterdir())
    for name in names:
        assert (tmp_path / "ours" / name).read_bytes() == (tmp_path / "theirs" / name).read_bytes()


def test_a_processor_is_pickled(tmp_path):
    ours = transformers.AutoImageProcessor.from_pretrained(folder(tmp_path, "ViTImageProcessor"), backend="pixfuse")
    expected = ours(photo(SIZES[0]), return_tensors="pt")
    copy = pickle.loads(pickle.dumps(ours))
    assert type(copy) is type(ours)
    equal(copy(photo(SIZES[0]), return_tensors="pt"), expected)


def test_an_attribute_that_changes_counts(tmp_path):
    ours = transformers.AutoImageProcessor.from_pretrained(folder(tmp_path, "ViTImageProcessor"), backend="pixfuse")
    assert ours(photo(SIZES[0]), return_tensors="pt")["pixel_values"].shape == (1, 3, 224, 224)
    ours.size = {"height": 32, "width": 48}
    assert ours(photo(SIZES[0]), return_tensors="pt")["pixel_values"].shape == (1, 3, 32, 48)


def test_a_model_s_type_names_the_class(tmp_path):
    (tmp_path / "preprocessor_config.json").write_text(json.dumps({"do_resize": True}))
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "clip"}))
    ours = transformers.AutoImageProcessor.from_pretrained(str(tmp_path), backend="pixfuse")
    theirs = transformers.AutoImageProcessor.from_pretrained(str(tmp_path), backend="torchvision")
    assert isinstance(ours, type(theirs)) and type(ours) is not type(theirs)
    equal(ours(photo(SIZES[2]), return_tensors="pt"), theirs(photo(SIZES[2]), return_tensors="pt"))


def test_what_is_not_reached_is_refused_or_the_library_s(tmp_path):
    source = folder(tmp_path, "Pix2StructImageProcessor")
    with pytest.raises(pixfuse.PipelineError, match="Pix2Struct"):
        transformers.AutoImageProcessor.from_pretrained(source, backend="pixfuse")
    pixfuse.transformers.register(fallback=True)
    with pytest.warns(UserWarning, match="not run by pixfuse"):
        theirs = transformers.AutoImageProcessor.from_pretrained(source, backend="pixfuse")
    assert type(theirs) is transformers.Pix2StructImageProcessor


def test_code_beside_a_class_of_the_library_is_refused(tmp_path):
    source = folder(tmp_path, "ViTImageProcessor", auto_map={"AutoImageProcessor": "own.OwnProcessor"})
    for trusted in (None, True):
        with pytest.raises(pixfuse.PipelineError, match="auto_map: .*own.OwnProcessor.* beside ViTImageProcessor"):
            transformers.AutoImageProcessor.from_pretrained(source, backend="pixfuse", trust_remote_code=trusted)
    theirs = transformers.AutoImageProcessor.from_pretrained(source, backend="torchvision")
    equal(pixfuse.transformers.use(theirs)(photo(SIZES[0]), return_tensors="pt"), theirs(photo(SIZES[0]), return_tensors="pt"))
    pixfuse.transformers.register(fallback=True)
    with pytest.warns(UserWarning, match="auto_map"):
        assert type(transformers.AutoImageProcessor.from_pretrained(source, backend="pixfuse")) is type(theirs)


def test_an_image_that_is_not_reached(tmp_path):
    source = folder(tmp_path, "ViTImageProcessor")
    floats = np.random.default_rng(1).random((3, 40, 50), np.float32)
    ours = transformers.AutoImageProcessor.from_pretrained(source, backend="pixfuse")
    with pytest.raises(pixfuse.PipelineError, match="float32, expected uint8"):
        ours(floats, return_tensors="pt", do_rescale=False)
    pixfuse.transformers.register(fallback=True)
    ours = transformers.AutoImageProcessor.from_pretrained(source, backend="pixfuse")
    theirs = transformers.AutoImageProcessor.from_pretrained(source, backend="torchvision")
    with pytest.warns(UserWarning, match="ran by transformers"):
        result = ours(floats, return_tensors="pt", do_rescale=False)
    equal(result, theirs(floats, return_tensors="pt", do_rescale=False))


def test_use_takes_a_processor_that_is_there(tmp_path):
    theirs = transformers.AutoImageProcessor.from_pretrained(folder(tmp_path, "CLIPImageProcessor"), backend="torchvision")
    ours = pixfuse.transformers.use(theirs)
    equal(ours(photo(SIZES[1]), return_tensors="pt"), theirs(photo(SIZES[1]), return_tensors="pt"))
    pil = transformers.AutoImageProcessor.from_pretrained(folder(tmp_path, "CLIPImageProcessor"), backend="pil")
    ours = pixfuse.transformers.use(pil)
    equal(ours(photo(SIZES[1]), return_tensors="np"), pil(photo(SIZES[1]), return_tensors="np"))
    with pytest.raises(pixfuse.PipelineError, match="expected an image processor of transformers"):
        pixfuse.transformers.use(3)


def test_nothing_is_warned_of_where_all_is_reached(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ours = transformers.AutoImageProcessor.from_pretrained(folder(tmp_path, "ViTImageProcessor"), backend="pixfuse")
        ours(photo(SIZES[0]), return_tensors="pt")


def test_a_whole_processor(tmp_path):
    """AutoProcessor, with a tokenizer beside: what serving code loads."""
    vocabulary = {token: index for index, token in enumerate(["<|startoftext|>", "<|endoftext|>", "a</w>", "a"])}
    (tmp_path / "vocab.json").write_text(json.dumps(vocabulary))
    (tmp_path / "merges.txt").write_text("#version: 0.2\n")
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "clip"}))
    (tmp_path / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "CLIPTokenizer"}))
    (tmp_path / "preprocessor_config.json").write_text(
        json.dumps({"image_processor_type": "CLIPImageProcessor", "processor_class": "CLIPProcessor"})
    )
    theirs = transformers.AutoProcessor.from_pretrained(str(tmp_path))
    ours = transformers.AutoProcessor.from_pretrained(str(tmp_path), backend="pixfuse")
    assert type(ours) is type(theirs)
    assert type(ours.image_processor).__module__ == "pixfuse.transformers"
    arguments = {"text": ["a"], "images": photo(SIZES[2]), "return_tensors": "pt"}
    equal(dict(ours(**arguments)), dict(theirs(**arguments)))
    changed = pixfuse.transformers.use(theirs)
    assert changed is theirs and type(theirs.image_processor).__module__ == "pixfuse.transformers"
    equal(dict(theirs(**arguments)), dict(ours(**arguments)))


def test_a_processor_of_images_and_videos(tmp_path):
    """With a video processor in the folder; what is saved has no trace of pixfuse."""
    tokenizers = pytest.importorskip("tokenizers")
    special = ["<|image_pad|>", "<|video_pad|>", "<|vision_start|>", "<|vision_end|>"]
    vocabulary = {token: index for index, token in enumerate(["<unk>", "a", *special])}
    words = tokenizers.Tokenizer(tokenizers.models.WordLevel(vocabulary, unk_token="<unk>"))
    words.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_object=words, unk_token="<unk>", pad_token="<unk>", additional_special_tokens=special
    )
    images = transformers.Qwen2VLImageProcessor(min_pixels=56 * 56, max_pixels=50_000)
    videos = transformers.Qwen2VLVideoProcessor()
    made = transformers.Qwen2VLProcessor(image_processor=images, tokenizer=tokenizer, video_processor=videos)
    made.save_pretrained(tmp_path)
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "qwen2_vl"}))

    theirs = transformers.AutoProcessor.from_pretrained(str(tmp_path))
    ours = transformers.AutoProcessor.from_pretrained(str(tmp_path), backend="pixfuse")
    assert type(ours.image_processor).__module__ == "pixfuse.transformers"
    assert type(ours.video_processor).__module__ == "pixfuse.transformers"
    text = ["<|vision_start|> <|image_pad|> <|vision_end|> a <|vision_start|> <|image_pad|> <|vision_end|>"]
    arguments = {"text": text, "images": [photo(SIZES[2]), photo(SIZES[1])], "return_tensors": "pt"}
    equal(dict(ours(**arguments)), dict(theirs(**arguments)))
    videos = {"text": ["<|vision_start|> <|video_pad|> <|vision_end|>"], "videos": [clip(5)], "return_tensors": "pt"}
    equal(dict(ours(**videos)), dict(theirs(**videos)))
    theirs.save_pretrained(tmp_path / "theirs")
    ours.save_pretrained(tmp_path / "ours")
    for saved in (tmp_path / "theirs").iterdir():
        assert (tmp_path / "ours" / saved.name).read_bytes() == saved.read_bytes(), saved.name
    equal(dict(pixfuse.transformers.use(theirs)(**arguments)), dict(ours(**arguments)))


def clip(frames):
    return np.stack([np.roll(np.asarray(photo(SIZES[1])), 5 * index, axis=0) for index in range(frames)])


@pytest.mark.parametrize("name", ["Qwen2VL", "Qwen3VL", "VideoMAE", "SmolVLM", "Vivit", "Sam2Video", "Gemma4", "Kimi_K25"])
def test_video_processors(name, tmp_path):
    """Loaded by name, used in the place of the library's, saved as the library's, pickled; with its own sampling of frames."""
    library = getattr(transformers, f"{name}VideoProcessor")()
    library.save_pretrained(tmp_path / "theirs")
    ours = transformers.AutoVideoProcessor.from_pretrained(str(tmp_path / "theirs"), backend="pixfuse")
    assert type(ours).__module__ == "pixfuse.transformers" and type(ours).__name__ == type(library).__name__
    ours.save_pretrained(tmp_path / "ours")
    for saved in (tmp_path / "theirs").iterdir():
        assert (tmp_path / "ours" / saved.name).read_bytes() == saved.read_bytes(), saved.name
    metadata = {"total_num_frames": 12, "fps": 6.0, "duration": 2.0}
    sampled = {} if ours.fps else {"num_frames": 4}
    if name == "SmolVLM":
        sampled["fps"] = 2
    for keywords in (
        {"do_sample_frames": False},
        {"do_sample_frames": True, "video_metadata": metadata, **sampled},
        {"do_sample_frames": False, "do_normalize": False},
        {"do_sample_frames": False, "return_tensors": None},
    ):
        keywords = {"return_tensors": "pt", **keywords}
        expected = dict(library(clip(12), **keywords))
        for processor in (ours, pixfuse.transformers.use(library), pickle.loads(pickle.dumps(ours))):
            equal(dict(processor(clip(12), **keywords)), expected)


def test_a_video_processor_that_is_not_reached(tmp_path):
    transformers.VideoLlama3VideoProcessor().save_pretrained(tmp_path)
    with pytest.warns(UserWarning, match="VideoLlama3VideoProcessor is not run by pixfuse"):
        made = transformers.AutoVideoProcessor.from_pretrained(str(tmp_path), backend="pixfuse")
    assert type(made) is transformers.VideoLlama3VideoProcessor
    with pytest.raises(pixfuse.PipelineError, match="content"):
        pixfuse.transformers.use(made)
