package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"slices"

	kustomizev1 "github.com/fluxcd/kustomize-controller/api/v1"
	"github.com/getsops/sops/v3/age"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// Options say what the cluster has, and how closely to look.
type Options struct {
	Identities       age.ParsedIdentities
	KeyError         error
	ControllerHasKey bool
	LeaveEncrypted   bool
	Strict           bool
}

// Status is what became of a Flux Kustomization.
type Status string

const (
	Built     Status = "built"
	Failed    Status = "failed"
	Waiting   Status = "waiting"   // for one in dependsOn that is not built
	Suspended Status = "suspended" // spec.suspend
	Elsewhere Status = "elsewhere" // its source is not this repository
)

// Kustomization is one Flux Kustomization and what came of it.
type Kustomization struct {
	Name string `json:"name"` // namespace/name
	// The one that has it among its objects; empty for the one that bootstrap makes.
	Parent     string   `json:"parent"`
	Path       string   `json:"path"`
	Decryption bool     `json:"decryption"`
	DependsOn  []string `json:"dependsOn"`
	Status     Status   `json:"status"`
	Error      string   `json:"error,omitempty"`
	// What kustomize read, relative to the repository; the kustomization.yaml that Flux makes is not one.
	Files   []string                     `json:"files"`
	Objects []*unstructured.Unstructured `json:"objects"`
	// What is still encrypted in Objects: "Secret demo/db: data.password".
	Ciphertext []string `json:"ciphertext"`
	// What Kubernetes or Flux would not take, with --strict.
	Invalid []string `json:"invalid"`

	object *kustomizev1.Kustomization
}

// cluster is the state that grows while one Flux Kustomization after the other is built.
type cluster struct {
	artifact string
	options  Options
	all      []*Kustomization
	applied  objectReader
}

// BuildCluster builds root and all that follows from it.
func BuildCluster(repository, root string, options Options) ([]*Kustomization, error) {
	artifact, err := os.MkdirTemp("", "flux-build-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(artifact)
	if err := copyArtifact(repository, artifact); err != nil {
		return nil, fmt.Errorf("cannot copy %s: %w", repository, err)
	}
	c := cluster{artifact: artifact, options: options, applied: objectReader{objects: map[string]*unstructured.Unstructured{}}}
	c.add("", bootstrapKustomization(root))
	for next := c.next(); next != nil; next = c.next() {
		if err := c.build(next); err != nil {
			return nil, err
		}
	}
	return c.all, nil
}

// bootstrapKustomization is what `flux bootstrap --path=root` writes into gotk-sync.yaml.
func bootstrapKustomization(root string) *kustomizev1.Kustomization {
	made := &kustomizev1.Kustomization{}
	made.SetName("flux-system")
	made.SetNamespace("flux-system")
	made.SetGroupVersionKind(kustomizev1.GroupVersion.WithKind(kustomizev1.KustomizationKind))
	made.Spec.Path = root
	made.Spec.Prune = true
	made.Spec.SourceRef = kustomizev1.CrossNamespaceSourceReference{Kind: "GitRepository", Name: "flux-system"}
	return made
}

func (c *cluster) add(parent string, object *kustomizev1.Kustomization) {
	entry := &Kustomization{
		Name: object.Namespace + "/" + object.Name, Parent: parent, Path: object.Spec.Path,
		Decryption: object.Spec.Decryption != nil,
		DependsOn:  []string{}, Files: []string{}, Objects: []*unstructured.Unstructured{},
		Ciphertext: []string{}, Invalid: []string{},
		object: object,
	}
	for _, dependency := range object.Spec.DependsOn {
		namespace := dependency.Namespace
		if namespace == "" {
			namespace = object.Namespace
		}
		entry.DependsOn = append(entry.DependsOn, namespace+"/"+dependency.Name)
	}
	switch {
	case object.Spec.Suspend:
		entry.Status = Suspended
	case !c.isThisRepository(object):
		entry.Status = Elsewhere
	}
	c.all = append(c.all, entry)
}

// isThisRepository is true where a Kustomization has the source of the one that bootstrap made. A
// repository that Flux gets under another name, by a FluxInstance for example, is not recognized.
func (c *cluster) isThisRepository(object *kustomizev1.Kustomization) bool {
	source := object.Spec.SourceRef
	return source.Name == "flux-system" && (source.Namespace == "" || source.Namespace == "flux-system")
}

// next is one to build now: first those that wait for nothing, at last those that wait in vain.
func (c *cluster) next() *Kustomization {
	for _, candidate := range c.all {
		if candidate.Status != "" {
			continue
		}
		if !slices.ContainsFunc(candidate.DependsOn, func(name string) bool { return !c.isBuilt(name) }) {
			return candidate
		}
	}
	for _, left := range c.all {
		if left.Status == "" {
			left.Status = Waiting
		}
	}
	return nil
}

func (c *cluster) isBuilt(name string) bool {
	return slices.ContainsFunc(c.all, func(one *Kustomization) bool {
		return one.Name == name && one.Status == Built
	})
}

// build gives the entry its status; an error is one of this program or machine.
func (c *cluster) build(entry *Kustomization) error {
	built, files, err := c.buildOne(entry.object)
	entry.Files = append(entry.Files, files...)
	if err != nil {
		entry.Status, entry.Error = Failed, withoutPath(err.Error(), c.artifact)
		return nil
	}
	children := []*kustomizev1.Kustomization{}
	for _, object := range built {
		child, err := asFluxKustomization(object)
		switch {
		case err != nil:
			entry.Status, entry.Error = Failed, err.Error()
			return nil
		case child == nil:
		case child.Namespace != entry.object.Namespace || child.Name != entry.object.Name:
			children = append(children, child)
		case !sameSpec(child, entry.object):
			// It applies itself, and is then built as it says now.
			entry.object, entry.Path, entry.Decryption = child, child.Spec.Path, child.Spec.Decryption != nil
			entry.Files = entry.Files[:0]
			return c.build(entry)
		}
	}
	for _, child := range children {
		c.add(entry.Name, child)
	}
	entry.Status, entry.Objects = Built, append(entry.Objects, built...)
	for _, object := range built {
		c.applied.add(object)
		entry.Ciphertext = append(entry.Ciphertext, ciphertextIn(object)...)
		if c.options.Strict {
			entry.Invalid = append(entry.Invalid, whatIsInvalid(object)...)
		}
	}
	return nil
}

func asFluxKustomization(object *unstructured.Unstructured) (*kustomizev1.Kustomization, error) {
	if object.GroupVersionKind().GroupKind() != (schema.GroupKind{Group: kustomizev1.GroupVersion.Group, Kind: kustomizev1.KustomizationKind}) {
		return nil, nil
	}
	typed := &kustomizev1.Kustomization{}
	err := runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, typed)
	return typed, err
}

// objectReader answers what Flux asks the cluster for, from what was built: the ConfigMaps and Secrets
// of postBuild.substituteFrom. All else of the client is missing on purpose, and panics.
type objectReader struct {
	client.Client
	objects map[string]*unstructured.Unstructured
	// Instead of an error, for a repository of which not all can be read.
	emptyWhereMissing bool
}

func (reader objectReader) add(object *unstructured.Unstructured) {
	if object.GetAPIVersion() == "v1" {
		reader.objects[object.GetKind()+" "+object.GetNamespace()+"/"+object.GetName()] = object
	}
}

func (reader objectReader) Get(_ context.Context, key types.NamespacedName, into client.Object, _ ...client.GetOption) error {
	kind := "ConfigMap"
	if _, isSecret := into.(*corev1.Secret); isSecret {
		kind = "Secret"
	}
	object, found := reader.objects[kind+" "+key.String()]
	if !found {
		if reader.emptyWhereMissing {
			return nil
		}
		return apierrors.NewNotFound(schema.GroupResource{Resource: kind}, key.Name)
	}
	data, _, _ := unstructured.NestedStringMap(object.Object, "data")
	switch typed := into.(type) {
	case *corev1.ConfigMap:
		typed.Data = data
	case *corev1.Secret:
		typed.Data = map[string][]byte{}
		for name, text := range data {
			value, err := base64.StdEncoding.DecodeString(text)
			if err != nil {
				return err
			}
			typed.Data[name] = value
		}
		// As the API server does at the write.
		texts, _, _ := unstructured.NestedStringMap(object.Object, "stringData")
		for name, text := range texts {
			typed.Data[name] = []byte(text)
		}
	}
	return nil
}
