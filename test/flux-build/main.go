// flux-build builds a repository as Flux does, up to the moment before objects are applied, and prints
// what it would apply. It is the oracle of this project's tests.
//
//	flux-build [flags] REPOSITORY ROOT
//
// ROOT is the path that `flux bootstrap` would be given: a Flux Kustomization on it, without decryption,
// is where the build begins. Every Flux Kustomization among the objects of a build is built as well.
//
// It has no cluster: nothing is asked of a server, and only this repository is a source.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"

	"github.com/getsops/sops/v3/age"
)

func main() {
	options := Options{}
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: flux-build [flags] REPOSITORY ROOT")
		flag.PrintDefaults()
	}
	keyFile := flag.String("age-key-file", "",
		"age identities: the contents of every Secret that a spec.decryption names; without it there is no such Secret")
	flag.BoolVar(&options.ControllerHasKey, "controller-has-key", false,
		"decryption without a secretRef has these identities too, as with the controller's --sops-age-secret")
	flag.BoolVar(&options.LeaveEncrypted, "leave-encrypted", false,
		"decrypt nothing and do not mind: to see what is built of a repository whose key one does not have")
	flag.BoolVar(&options.Strict, "strict", false,
		"decode every object of Kubernetes and Flux strictly, and report what they refuse")
	flag.Parse()
	if flag.NArg() != 2 {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(flag.Arg(0), flag.Arg(1), *keyFile, options); err != nil {
		fmt.Fprintf(os.Stderr, "flux-build: %v\n", err)
		os.Exit(2)
	}
}

func run(repository, root, keyFile string, options Options) error {
	if keyFile != "" {
		text, err := os.ReadFile(keyFile)
		if err != nil {
			return err
		}
		identities := age.ParsedIdentities{}
		// What Flux says of a bad key is the fault of each Kustomization that uses it, not of all.
		options.KeyError = identities.Import(string(text))
		options.Identities = identities
	}
	kustomizations, err := BuildCluster(repository, root, options)
	if err != nil {
		return err
	}
	output := json.NewEncoder(os.Stdout)
	output.SetEscapeHTML(false)
	return output.Encode(map[string]any{"kustomizations": kustomizations})
}
