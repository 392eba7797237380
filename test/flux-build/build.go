package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	kustomizev1 "github.com/fluxcd/kustomize-controller/api/v1"
	generator "github.com/fluxcd/pkg/kustomize"
	securefs "github.com/fluxcd/pkg/kustomize/filesys"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// buildOne does what kustomize-controller does with one Flux Kustomization: the steps and their order are
// those of its internal/controller/kustomization_controller.go. Besides the objects it returns the files
// that kustomize has read, as far as it came.
func (c *cluster) buildOne(object *kustomizev1.Kustomization) ([]*unstructured.Unstructured, []string, error) {
	work, err := os.MkdirTemp("", "flux-build-")
	if err != nil {
		return nil, nil, err
	}
	defer os.RemoveAll(work)
	// The name of a temporary folder may be a link, as on macOS; the secure file system wants the real one.
	if work, err = filepath.EvalSymlinks(work); err != nil {
		return nil, nil, err
	}
	if err := copyFolder(c.artifact, work); err != nil {
		return nil, nil, err
	}
	objects, files, err := c.buildIn(work, object)
	if err != nil {
		err = errors.New(withoutPath(err.Error(), work))
	}
	return objects, files, err
}

func (c *cluster) buildIn(work string, object *kustomizev1.Kustomization) ([]*unstructured.Unstructured, []string, error) {
	folder := filepath.Join(work, filepath.Join("/", object.Spec.Path))
	if _, err := os.Stat(folder); err != nil {
		return nil, nil, fmt.Errorf("kustomization path not found: %w", err)
	}
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(object)
	if err != nil {
		return nil, nil, err
	}
	untyped := unstructured.Unstructured{Object: content}
	action, err := generator.NewGenerator(work, untyped).WriteFile(folder)
	if err != nil {
		return nil, nil, err
	}

	decryptor, err := c.decryptorFor(work, object)
	if err != nil {
		return nil, nil, err
	}
	if err := decryptor.decryptSources(folder); err != nil {
		return nil, nil, fmt.Errorf("error decrypting sources: %w", err)
	}
	disk, err := securefs.MakeFsOnDiskSecure(work)
	if err != nil {
		return nil, nil, err
	}
	recorder := &recordingFS{FileSystem: disk, root: work, read: map[string]bool{}}
	built, err := generator.Build(recorder, folder)
	if action == generator.CreatedAction {
		delete(recorder.read, filepath.Join(strings.TrimPrefix(folder, work), "kustomization.yaml")[1:])
	}
	files := slices.Sorted(maps.Keys(recorder.read))
	if err != nil {
		return nil, files, fmt.Errorf("kustomize build failed: %w", err)
	}
	if err := c.finish(built, object, untyped, decryptor); err != nil {
		return nil, files, err
	}
	objects, err := c.toApply(built, object)
	return objects, files, err
}

// finish decrypts each object, then puts variables into it.
func (c *cluster) finish(built resmap.ResMap, object *kustomizev1.Kustomization, untyped unstructured.Unstructured, decryptor *decryptor) error {
	reader := c.applied
	reader.emptyWhereMissing = c.options.LeaveEncrypted
	for _, resource := range built.Resources() {
		if resource.GetName() == "" || resource.GetKind() == "" || resource.GetApiVersion() == "" {
			return fmt.Errorf("failed to decode Kubernetes apiVersion, kind and name")
		}
		if err := decryptor.decryptResource(resource); err != nil {
			return fmt.Errorf("decryption failed for '%s/%s': %w", resource.GetGvk(), resource.GetName(), err)
		}
		if object.Spec.PostBuild != nil {
			always := object.GetSubstituteStrategy() == kustomizev1.SubstituteStrategyAlways
			if _, err := generator.SubstituteVariables(context.Background(), reader, untyped, resource, generator.SubstituteWithAlways(always)); err != nil {
				return fmt.Errorf("post build failed for '%s/%s': %w", resource.GetGvk(), resource.GetName(), err)
			}
		}
	}
	return nil
}

// toApply is what is left to do before the API server is asked.
func (c *cluster) toApply(built resmap.ResMap, object *kustomizev1.Kustomization) ([]*unstructured.Unstructured, error) {
	objects := []*unstructured.Unstructured{}
	for _, resource := range built.Resources() {
		data, err := resource.MarshalJSON()
		if err != nil {
			return nil, err
		}
		made := &unstructured.Unstructured{}
		if err := made.UnmarshalJSON(data); err != nil {
			return nil, err
		}
		if common := object.Spec.CommonMetadata; common != nil {
			made.SetLabels(merged(made.GetLabels(), common.Labels))
			made.SetAnnotations(merged(made.GetAnnotations(), common.Annotations))
		}
		if fitsItsType(made) {
			delete(made.Object, "sops")
		}
		_, hasSops := made.Object["sops"]
		isEncryptedSecret := hasSops && made.GetKind() == "Secret" && made.GetAPIVersion() == "v1"
		if isEncryptedSecret && !isDecryptionDisabled(made.GetAnnotations()) && !c.options.LeaveEncrypted {
			return nil, fmt.Errorf("%s is SOPS encrypted, configuring decryption is required for this secret to be reconciled", nameOf(made))
		}
		objects = append(objects, made)
	}
	return objects, nil
}

// fitsItsType says whether Flux reads an object into its Go type before it looks for a `sops` field: such
// a field is gone then. A Secret whose `data` is no Base64, as ciphertext is not, does not fit.
//
// See normalize.Unstructured in github.com/fluxcd/pkg/ssa.
func fitsItsType(object *unstructured.Unstructured) bool {
	typed, err := scheme.Scheme.New(object.GroupVersionKind())
	if err != nil {
		return false
	}
	return runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, typed) == nil
}

func merged(own, common map[string]string) map[string]string {
	if len(own)+len(common) == 0 {
		return nil
	}
	all := map[string]string{}
	maps.Copy(all, own)
	maps.Copy(all, common)
	return all
}

func sameSpec(a, b *kustomizev1.Kustomization) bool {
	// The one that this program makes has neither interval nor the like; nothing of it changes a build.
	matters := func(spec kustomizev1.KustomizationSpec) kustomizev1.KustomizationSpec {
		return kustomizev1.KustomizationSpec{
			CommonMetadata: spec.CommonMetadata, Decryption: spec.Decryption, Path: filepath.Join("/", spec.Path),
			PostBuild: spec.PostBuild, NamePrefix: spec.NamePrefix, NameSuffix: spec.NameSuffix,
			Patches: spec.Patches, Images: spec.Images, TargetNamespace: spec.TargetNamespace,
			Components: spec.Components, IgnoreMissingComponents: spec.IgnoreMissingComponents,
		}
	}
	return reflect.DeepEqual(matters(a.Spec), matters(b.Spec))
}

// ciphertextIn names what is encrypted still: tokens of SOPS in values and keys, also in Base64, as a
// Secret has them. The block of SOPS itself is no value; an object that has one is not of Kubernetes.
func ciphertextIn(object *unstructured.Unstructured) []string {
	const token = "ENC[AES256_GCM,"
	found := []string{}
	var look func(path string, value any)
	look = func(path string, value any) {
		switch typed := value.(type) {
		case map[string]any:
			for _, key := range slices.Sorted(maps.Keys(typed)) {
				inner := strings.TrimPrefix(path+"."+key, ".")
				if strings.Contains(key, token) {
					found = append(found, path+" (a key)")
				} else if inner != "sops" {
					look(inner, typed[key])
				}
			}
		case []any:
			for index, item := range typed {
				look(fmt.Sprintf("%s[%d]", path, index), item)
			}
		case string:
			decoded, err := base64.StdEncoding.DecodeString(typed)
			if strings.Contains(typed, token) || err == nil && bytes.Contains(decoded, []byte(token)) {
				found = append(found, path)
			}
		}
	}
	look("", object.Object)
	for index, path := range found {
		found[index] = nameOf(object) + ": " + path
	}
	return found
}

func nameOf(object *unstructured.Unstructured) string {
	name := object.GetKind() + "/"
	if namespace := object.GetNamespace(); namespace != "" {
		name += namespace + "/"
	}
	return name + object.GetName()
}

// recordingFS notes which files are read.
type recordingFS struct {
	filesys.FileSystem
	root string
	read map[string]bool
}

func (recorder *recordingFS) ReadFile(path string) ([]byte, error) {
	data, err := recorder.FileSystem.ReadFile(path)
	if err == nil {
		relative := path
		if absolute, err := filepath.Abs(path); err == nil {
			relative = absolute
		}
		recorder.read[strings.TrimPrefix(strings.TrimPrefix(relative, recorder.root), "/")] = true
	}
	return data, err
}

// withoutPath takes the name of a temporary folder out of an error.
func withoutPath(text, folder string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, folder+"/", ""), folder, ".")
}
