// A photo into a model of onnxruntime: `onnxruntime DECLARATION MODEL PHOTO`. The session reads the tensor where the pipeline
// wrote it: nothing is copied in between. Writes the bytes of the model's first output to the standard output.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <onnxruntime_cxx_api.h>
#include <pixfuse.hpp>
#include <vector>
#ifdef _WIN32
#include <fcntl.h>
#include <io.h>
#endif

static ONNXTensorElementDataType element(const pixfuse_shape &shape) {
  switch (shape.element) {
    case PIXFUSE_F32: return ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT;
    case PIXFUSE_F16: return ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16;
    case PIXFUSE_BF16: return ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16;
    case PIXFUSE_U8: return ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8;
    case PIXFUSE_I8: return ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8;
    default: return ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED;
  }
}

int main(int count, char **words) try {
  if (count != 4) return std::fprintf(stderr, "usage: onnxruntime DECLARATION MODEL PHOTO\n"), 2;
  std::ifstream file(words[3], std::ios::binary);
  std::vector<char> photo((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  pixfuse::Tensor tensor = pixfuse::Pipeline(words[1]).decode(photo.data(), photo.size());
  // A batch of this one image.
  std::vector<std::int64_t> dims(tensor.shape.dims, tensor.shape.dims + tensor.shape.rank);
  dims.insert(dims.begin(), 1);

  Ort::Env env(ORT_LOGGING_LEVEL_WARNING, "pixfuse");
  Ort::Session session(env, std::filesystem::path(words[2]).c_str(), Ort::SessionOptions());
  Ort::AllocatorWithDefaultOptions allocator;
  Ort::AllocatedStringPtr input = session.GetInputNameAllocated(0, allocator);
  Ort::AllocatedStringPtr output = session.GetOutputNameAllocated(0, allocator);
  const char *inputs[] = {input.get()}, *outputs[] = {output.get()};
  Ort::MemoryInfo memory = Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault);
  Ort::Value x = Ort::Value::CreateTensor(memory, tensor.data.get(), tensor.shape.bytes, dims.data(), dims.size(),
                                          element(tensor.shape));
  std::vector<Ort::Value> y = session.Run(Ort::RunOptions(), inputs, &x, 1, outputs, 1);
#ifdef _WIN32
  // Else each byte 10 becomes two.
  _setmode(_fileno(stdout), _O_BINARY);
#endif
  std::fwrite(y[0].GetTensorData<float>(), sizeof(float), y[0].GetTensorTypeAndShapeInfo().GetElementCount(), stdout);
  return 0;
} catch (const pixfuse::Error &error) {
  std::fprintf(stderr, "[%s] %s\n", error.code().c_str(), error.what());
  return 1;
} catch (const std::exception &error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
