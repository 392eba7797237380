package main

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
)

var (
	unmarshaler = reflect.TypeOf((*json.Unmarshaler)(nil)).Elem()
	// A patch of these is not looked into: anything may stand there.
	rawExtension = reflect.TypeOf(runtime.RawExtension{})
)

// whatIsMissing names the fields that an object lacks and its API demands. The Go types of both APIs have it
// in their JSON tags: what may be left out is `omitempty`.
func whatIsMissing(object runtime.Object, data map[string]any) []string {
	found := missingIn(reflect.TypeOf(object).Elem(), data, "")
	if metadata, ok := data["metadata"].(map[string]any); !ok || metadata["name"] == nil || metadata["name"] == "" {
		found = append(found, "metadata.name")
	}
	return found
}

func missingIn(kind reflect.Type, value any, path string) []string {
	for kind.Kind() == reflect.Pointer {
		kind = kind.Elem()
	}
	if value == nil || kind == rawExtension || reflect.PointerTo(kind).Implements(unmarshaler) {
		return nil
	}
	found := []string{}
	switch kind.Kind() {
	case reflect.Struct:
		fields, ok := value.(map[string]any)
		if !ok {
			return nil
		}
		for index := range kind.NumField() {
			field := kind.Field(index)
			name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
			if name == "-" || !field.IsExported() {
				continue
			}
			if name == "" && field.Anonymous {
				found = append(found, missingIn(field.Type, value, path)...)
				continue
			}
			inside, isThere := fields[name]
			isOptional := strings.Contains(options, "omitempty") || strings.Contains(options, "omitzero")
			if !isThere && !isOptional {
				found = append(found, path+name)
			}
			found = append(found, missingIn(field.Type, inside, path+name+".")...)
		}
	case reflect.Slice:
		items, _ := value.([]any)
		for index, item := range items {
			found = append(found, missingIn(kind.Elem(), item, fmt.Sprintf("%s%d.", path, index))...)
		}
	case reflect.Map:
		items, _ := value.(map[string]any)
		for key, item := range items {
			found = append(found, missingIn(kind.Elem(), item, path+key+".")...)
		}
	}
	return found
}
