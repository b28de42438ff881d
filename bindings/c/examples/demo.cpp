// The same in C++17: `demo DECLARATION FILE ROWS COLUMNS`, the file holding pixels.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <pixfuse.hpp>
#include <vector>
#ifdef _WIN32
#include <fcntl.h>
#include <io.h>
#endif

int main(int count, char **words) try {
  if (count != 5) return 2;
  std::ifstream file(words[2], std::ios::binary);
  std::vector<char> pixels((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  pixfuse::Pipeline pipeline(words[1]);
  auto tensor = pipeline.run(
      pixfuse::image(pixels.data(), std::strtoul(words[3], nullptr, 10), std::strtoul(words[4], nullptr, 10)));
#ifdef _WIN32
  // Else each byte 10 becomes two.
  _setmode(_fileno(stdout), _O_BINARY);
#endif
  std::fwrite(tensor.as<char>(), 1, tensor.shape.bytes, stdout);
  return 0;
} catch (const pixfuse::Error &error) {
  std::fprintf(stderr, "[%s] %s\n", error.code().c_str(), error.what());
  return 1;
}
