package main

import (
	"encoding/json"
	"fmt"

	helmv2 "github.com/fluxcd/helm-controller/api/v2"
	kustomizev1 "github.com/fluxcd/kustomize-controller/api/v1"
	sourcev1 "github.com/fluxcd/source-controller/api/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	serializer "k8s.io/apimachinery/pkg/runtime/serializer/json"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/client-go/kubernetes/scheme"
)

var strictDecoder = func() *serializer.Serializer {
	types := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{
		scheme.AddToScheme, kustomizev1.AddToScheme, sourcev1.AddToScheme, helmv2.AddToScheme,
	} {
		if err := add(types); err != nil {
			panic(err)
		}
	}
	return serializer.NewSerializerWithOptions(serializer.DefaultMetaFactory, types, types, serializer.SerializerOptions{Strict: true})
}()

// whatIsInvalid decodes an object into the Go types of Kubernetes and Flux, as strictly as the API server
// does for a server-side apply: an unknown field, a field twice, a value of the wrong type, or a missing field that is required is refused.
// A kind that neither defines is reported too, and a key of a Secret or ConfigMap that may not be one.
func whatIsInvalid(object *unstructured.Unstructured) []string {
	data, err := json.Marshal(object.Object)
	if err != nil {
		return []string{fmt.Sprintf("%s: %v", nameOf(object), err)}
	}
	found := badKeys(object)
	typed, _, err := strictDecoder.Decode(data, nil, nil)
	if err == nil {
		for _, field := range whatIsMissing(typed, object.Object) {
			found = append(found, fmt.Sprintf("%s: %s is missing", nameOf(object), field))
		}
		return found
	}
	if strict, ok := runtime.AsStrictDecodingError(err); ok {
		for _, one := range strict.Errors() {
			found = append(found, fmt.Sprintf("%s: %v", nameOf(object), one))
		}
		return found
	}
	return append(found, fmt.Sprintf("%s: %v", nameOf(object), err))
}

func badKeys(object *unstructured.Unstructured) []string {
	found := []string{}
	if object.GetAPIVersion() != "v1" || object.GetKind() != "Secret" && object.GetKind() != "ConfigMap" {
		return found
	}
	for _, field := range []string{"data", "stringData", "binaryData"} {
		values, _, _ := unstructured.NestedMap(object.Object, field)
		for key := range values {
			for _, message := range validation.IsConfigMapKey(key) {
				found = append(found, fmt.Sprintf("%s: %s: %s", nameOf(object), field, message))
			}
		}
	}
	return found
}
