"""Videos by the config of a model: the library's digests, and what is said of those that are none."""

import hashlib
import json
import pickle
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import pixfuse

GOLDENS = Path(__file__).parents[3] / "crates/pixfuse-config/tests/goldens"
PHOTOS = GOLDENS.parents[2] / "pixfuse/tests/goldens/photos/photos.rgb"
LINES = [line.split() for line in (GOLDENS / "videos.txt").read_text().splitlines()[1:]]
QWEN = {"video_processor_type": "Qwen2VLVideoProcessor", "size": {"shortest_edge": 3136, "longest_edge": 12544}}


def mirrored(small, rows, columns):
    at = []
    for length, side in zip((rows, columns), small.shape):
        turn = (np.arange(length) + length) % (2 * side)
        at.append(np.minimum(turn, 2 * side - 1 - turn))
    return np.ascontiguousarray(small[at[0]][:, at[1]])


@pytest.fixture(scope="module")
def frames():
    small = np.fromfile(PHOTOS, np.uint8).reshape(5, 96, 128, 3)
    return np.stack([mirrored(photo, 157, 211) for photo in small])


def digest(results):
    made = hashlib.sha256()
    for name, value in sorted(results.items()):
        array = np.ascontiguousarray(value)
        made.update(f"{name} {array.shape} ".encode())
        made.update(array.tobytes())
    return made.hexdigest()[:16]


def test_the_goldens_are_whole():
    assert len({name for name, *_ in LINES}) == 33


@pytest.mark.parametrize(("name", "keywords", "expected"), LINES, ids=lambda part: part[:40])
def test_videos_are_the_librarys(frames, name, keywords, expected):
    processor = pixfuse.video_from_config({"video_processor_type": name, **json.loads(keywords)})
    assert digest(processor(frames, return_tensors="np")) == expected
    made = processor(list(frames), return_tensors="np", threads=2)
    assert digest(made) == expected and tuple(made)[0] in processor.outputs


COUNTS = [line.split() for line in (GOLDENS / "video_counts.txt").read_text().splitlines()[1:]]
SIZES = [tuple(map(int, line.split()[:2])) for line in (PHOTOS.parents[1] / "sizes.txt").read_text().splitlines()[2:]]


@pytest.mark.parametrize(("name", "keywords", "frames", "expected"), COUNTS[::5], ids=lambda part: part[:30])
def test_tokens_are_the_librarys(name, keywords, frames, expected):
    processor = pixfuse.video_from_config({"video_processor_type": name, **json.loads(keywords)})

    def count(size):
        try:
            return processor.tokens(int(frames), *size)
        except pixfuse.PipelineError:
            return 0

    counts = " ".join(str(count(size)) for size in SIZES)
    assert hashlib.sha256(counts.encode()).hexdigest()[:16] == expected


def test_tokens_are_said_by_classes_that_have_them():
    video = pixfuse.video_from_config({"video_processor_type": "VideoMAEVideoProcessor"})
    with pytest.raises(pixfuse.PipelineError, match="does not say how many of its patches"):
        video.tokens(4, 224, 224)


def test_frames_with_slices_are_images(frames):
    config = {"scale_resolution": 80, "patch_size": 4, "max_slice_nums": 5}
    video = pixfuse.video_from_config({"video_processor_type": "MiniCPMV4_6VideoProcessor", **config})
    images = pixfuse.from_config({"image_processor_type": "MiniCPMV4_6ImageProcessor", **config})
    made = video([frames[:2], frames[2:]], return_tensors="np")
    strip = images(list(frames), return_tensors="np")
    assert np.array_equal(made["pixel_values_videos"], strip["pixel_values"])
    assert np.array_equal(made["num_patches_per_frame"], strip["num_patches_per_image"])
    assert made["num_frames_per_video"] == [2, 3] and video.patches(5, 157, 211) == made["num_patches_per_frame"].sum()
    with pytest.raises(pixfuse.PipelineError, match="stack_frames"):
        video(frames, stack_frames=2)
    with pytest.raises(pixfuse.PipelineError, match="expected one size"):
        video([frames[0], frames[1][:50]])


def equal(made, expected):
    assert made.keys() == expected.keys()
    for name, value in expected.items():
        assert np.array_equal(made[name], value), name


def test_a_video_comes_in_many_ways(frames):
    processor = pixfuse.video_from_config(QWEN)
    expected = processor(frames, return_tensors="np")
    for given in (
        frames.transpose(0, 3, 1, 2),
        [frame.transpose(2, 0, 1) for frame in frames],
        [Image.fromarray(frame) for frame in frames],
        frames[None],
        [frames],
        [list(frames)],
        ([[frames]],),
    ):
        equal(processor(given, return_tensors="np"), expected)
    for keywords in ({"do_sample_frames": False}, {"fps": 2}, {"num_frames": 5, "video_metadata": None}):
        equal(processor(frames, return_tensors="np", **keywords), expected)
    equal(pickle.loads(pickle.dumps(processor))(frames, return_tensors="np"), expected)
    # Every other frame twice is another video; the last of an odd number twice is the same.
    equal(processor(np.concatenate([frames, frames[-1:]]), return_tensors="np"), expected)
    alone = processor(frames[0], return_tensors="np")
    equal(processor(frames[:1], return_tensors="np"), alone)
    assert alone["video_grid_thw"].tolist() == [[1, *expected["video_grid_thw"][0, 1:]]]


def test_videos_of_a_batch(frames):
    processor = pixfuse.video_from_config(QWEN)
    first, second = frames[:4], frames[:3, :101, :67]
    made = processor([first, second], return_tensors="np")
    each = [processor(video, return_tensors="np") for video in (first, second)]
    for name in made:
        assert np.array_equal(made[name], np.concatenate([one[name] for one in each])), name
    assert processor.patches(4, 157, 211) == len(each[0]["pixel_values_videos"])
    assert processor.patches(3, 101, 67) == len(each[1]["pixel_values_videos"])
    assert processor.patches(3, 101, 67, merge_size=1) == len(processor(second, merge_size=1, return_tensors="np")["pixel_values_videos"])

    stacked = pixfuse.video_from_config({"video_processor_type": "VideoMAEVideoProcessor", "size": {"shortest_edge": 32}, "crop_size": 32})
    assert stacked([first, frames[1:]], return_tensors="np")["pixel_values"].shape == (2, 4, 3, 32, 32)
    with pytest.raises(pixfuse.PipelineError, match="videos: their tensors have the shapes"):
        stacked([first, second], return_tensors="np")
    uneven = stacked([first, second])["pixel_values"]
    assert [video.shape for video in uneven] == [(4, 3, 32, 32), (3, 3, 32, 32)]
    # Filled up with black frames, which the mask of pixels does not tell from others.
    smol = pixfuse.video_from_config({"video_processor_type": "SmolVLMVideoProcessor", "max_image_size": {"longest_edge": 40}})
    filled = smol([first, second], return_tensors="np")
    assert filled["pixel_values"].shape == (2, 4, 3, 40, 40) and not filled["pixel_values"][1, 3].any()
    assert filled["pixel_attention_mask"].all()


def test_a_size_may_depend_on_the_number_of_frames(frames):
    processor = pixfuse.video_from_config({"video_processor_type": "Qwen3VLVideoProcessor"})
    assert processor.pipeline(2).output_shape(1080, 1920) != processor.pipeline(20).output_shape(1080, 1920)
    assert "frames = 7, temporal = 2" in processor.pipeline(7).spec
    with pytest.raises(pixfuse.PipelineError, match="temporal_patch_size: 2, and a video of 1 frames has fewer; repeat its last one"):
        processor(frames[:1])


def test_the_files_of_a_model(tmp_path):
    (tmp_path / "preprocessor_config.json").write_text(json.dumps({"image_processor_type": "Qwen2VLImageProcessor", "patch_size": 12}))
    assert pixfuse.video_from_config(tmp_path).config["patch_size"] == 12
    assert pixfuse.video_from_config(tmp_path).class_name == "Qwen2VLVideoProcessor"
    (tmp_path / "video_preprocessor_config.json").write_text(json.dumps({"video_processor_type": "Qwen2VLVideoProcessor", "patch_size": 16}))
    assert pixfuse.video_from_config(tmp_path).config["patch_size"] == 16
    assert pixfuse.from_config(tmp_path).config["patch_size"] == 12
    (tmp_path / "processor_config.json").write_text(json.dumps({"video_processor": {"video_processor_type": "Qwen3VLVideoProcessor"}}))
    assert pixfuse.video_from_config(tmp_path).class_name == "Qwen3VLVideoProcessor"
    model = pixfuse.video_from_config({"model_type": "internvl"})
    assert model.class_name == "InternVLVideoProcessor" and "model_type" in model.notes[0]


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"video_processor_type": "VideoLlama3VideoProcessor"}, "a step that depends on the image's content"),
        ({"video_processor_type": "NoSuchVideoProcessor"}, "has no video processor of this name"),
        ({"image_processor_type": "ViTImageProcessor"}, "video_processor_type: missing"),
        ({**QWEN, "return_metadata": True}, "return_metadata: true asks for what is made beside the image"),
        ({"video_processor_type": "Ernie4_5_VLMoeVideoProcessor"}, "draw_on_frames: true"),
        ({"video_processor_type": "Cosmos3EdgeVideoProcessor", "temporal_patch_size": 2}, "temporal_patch_size: 2, expected 1"),
        ({"auto_map": {"AutoVideoProcessor": "code.MyVideoProcessor"}}, "code of the model's own repository"),
    ],
)
def test_configs_that_are_refused(config, message):
    with pytest.raises(pixfuse.PipelineError, match=message):
        pixfuse.video_from_config(config)


def test_videos_that_are_none(frames):
    processor = pixfuse.video_from_config(QWEN)
    for given, message in (
        ("video.mp4", "videos: str, expected"),
        ([], "videos: list, expected"),
        ([frames[0], frames[0, :9]], "frames: of the sizes"),
        (frames.astype(np.float32), "expected uint8"),
        (frames[..., :2], "expected 1, 3 or 4 channels"),
        ([Image.fromarray(frames[0]).convert("L")] * 2, "mode L, expected RGB"),
    ):
        with pytest.raises(pixfuse.PipelineError, match=message):
            processor(given)
    with pytest.raises(pixfuse.PipelineError, match="no_such: no keyword of this class"):
        processor(frames, no_such=1)
    with pytest.raises(pixfuse.PipelineError, match="return_tensors: 'tf'"):
        processor(frames, return_tensors="tf")
