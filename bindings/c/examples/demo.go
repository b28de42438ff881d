// The same in Go: `demo DECLARATION FILE`, the file a photo. Writes the tensor's bytes to the standard output.
package main

// #cgo pkg-config: pixfuse
// #include <stdlib.h>
// #include <pixfuse.h>
import "C"

import (
	"errors"
	"fmt"
	"os"
	"unsafe"
)

// Pipeline may be used by many goroutines at once, and is freed by Free.
type Pipeline struct{ handle *C.pixfuse_pipeline }

// failed makes an error of Go of one of pixfuse's, and frees that.
func failed(err *C.pixfuse_error) error {
	defer C.pixfuse_error_free(err)
	return errors.New(C.GoString(C.pixfuse_error_message(err)))
}

// Parse makes a pipeline of a declaration's text.
func Parse(text string) (Pipeline, error) {
	declaration := C.CString(text)
	defer C.free(unsafe.Pointer(declaration))
	var err *C.pixfuse_error
	handle := C.pixfuse_pipeline_parse(declaration, C.size_t(len(text)), &err)
	if handle == nil {
		return Pipeline{}, failed(err)
	}
	return Pipeline{handle}, nil
}

// Free frees the pipeline, which no call may be using.
func (pipe Pipeline) Free() { C.pixfuse_pipeline_free(pipe.handle) }

// Decode gives the bytes of a photo's tensor.
func (pipe Pipeline) Decode(photo []byte) ([]byte, error) {
	if len(photo) == 0 {
		return nil, errors.New("file: it is empty")
	}
	file, length := unsafe.Pointer(&photo[0]), C.size_t(len(photo))
	shape := C.pixfuse_shape{size: C.sizeof_pixfuse_shape}
	var err *C.pixfuse_error
	if !C.pixfuse_decode_shape(pipe.handle, file, length, nil, &shape, &err) {
		return nil, failed(err)
	}
	tensor := make([]byte, shape.bytes)
	if !C.pixfuse_decode(pipe.handle, file, length, nil, unsafe.Pointer(&tensor[0]), shape.bytes, &err) {
		return nil, failed(err)
	}
	return tensor, nil
}

func run() error {
	if len(os.Args) != 3 {
		return errors.New("usage: demo DECLARATION FILE")
	}
	pipe, err := Parse(os.Args[1])
	if err != nil {
		return err
	}
	defer pipe.Free()
	photo, err := os.ReadFile(os.Args[2])
	if err != nil {
		return err
	}
	tensor, err := pipe.Decode(photo)
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(tensor)
	return err
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
