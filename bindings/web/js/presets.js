// The declarations that people use, by name: those of `pixfuse::presets`, which a test of this crate compares.

export const presets = {
  handWrittenLoop: 'input(rgb8), resize(240, 256, nearest_floor), normalize(mean = [0.485, 0.456, 0.406], std = [0.229, 0.224, 0.225], eps = 1e-5), output(rgb, f32, chw)',
  imagenet: 'input(rgb8), resize(shortest = 256, bilinear, antialias), center_crop(224, 224), normalize(mean = [0.485, 0.456, 0.406], std = [0.229, 0.224, 0.225], order = torchvision), output(rgb, f32, chw)',
  timm: 'input(rgb8), resize(shortest = 256, bicubic, antialias), center_crop(224, 224), normalize(mean = [0.485, 0.456, 0.406], std = [0.229, 0.224, 0.225], order = torchvision), output(rgb, f32, chw)',
  openClip: 'input(rgb8), resize(shortest = 224, bicubic, antialias), center_crop(224, 224), normalize(mean = [0.48145466, 0.4578275, 0.40821073], std = [0.26862954, 0.26130258, 0.27577711], order = torchvision), output(rgb, f32, chw)',
  clipTorch: 'input(rgb8), resize(shortest = 224, bicubic, antialias, like = torch), center_crop(224, 224, rounding = truncate), normalize(mean = [0.48145466, 0.4578275, 0.40821073], std = [0.26862954, 0.26130258, 0.27577711], order = hf_torch), output(rgb, f32, chw)',
  clipPil: 'input(rgb8), resize(shortest = 224, bicubic, antialias), center_crop(224, 224, rounding = floor), normalize(mean = [0.48145466, 0.4578275, 0.40821073], std = [0.26862954, 0.26130258, 0.27577711], order = hf_pil), output(rgb, f32, chw)',
  siglipTorch: 'input(rgb8), resize(224, 224, bicubic, antialias, like = torch), normalize(mean = 0.5, std = 0.5, order = hf_torch), output(rgb, f32, chw)',
  siglipPil: 'input(rgb8), resize(224, 224, bicubic, antialias), normalize(mean = 0.5, std = 0.5, order = hf_pil), output(rgb, f32, chw)',
  dinov2Torch: 'input(rgb8), resize(shortest = 256, bicubic, antialias, like = torch), center_crop(224, 224, rounding = truncate), normalize(mean = [0.485, 0.456, 0.406], std = [0.229, 0.224, 0.225], order = hf_torch), output(rgb, f32, chw)',
  dinov2Pil: 'input(rgb8), resize(shortest = 256, bicubic, antialias), center_crop(224, 224, rounding = floor), normalize(mean = [0.485, 0.456, 0.406], std = [0.229, 0.224, 0.225], order = hf_pil), output(rgb, f32, chw)',
  yolo: 'input(bgr8), letterbox(640, 640, bilinear), normalize(order = torchvision), output(rgb, f32, chw)',
  yolox: 'input(bgr8), letterbox(640, 640, bilinear, rule = yolox), output(bgr, f32, chw)',
  toTensor: 'input(rgb8), normalize(order = torchvision), output(rgb, f32, chw)',
}
