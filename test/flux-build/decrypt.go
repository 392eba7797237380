package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	kustomizev1 "github.com/fluxcd/kustomize-controller/api/v1"
	"github.com/getsops/sops/v3"
	"github.com/getsops/sops/v3/aes"
	"github.com/getsops/sops/v3/age"
	"github.com/getsops/sops/v3/cmd/sops/common"
	"github.com/getsops/sops/v3/cmd/sops/formats"
	"github.com/getsops/sops/v3/config"
	"github.com/getsops/sops/v3/keyservice"
	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/api/resource"
	kustypes "sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/yaml"
)

// decryptor decrypts as kustomize-controller's internal/decryptor does, which no other module can import.
type decryptor struct {
	root string
	// False where the Flux Kustomization has no decryption, and for one that is built as it is.
	isOn bool
	keys age.ParsedIdentities
}

const maxSourceSize = 5 << 20

// By what bytes a file of a format is taken for one of SOPS: Flux does not parse it to find out.
var markers = map[formats.Format]string{
	formats.Binary: `"mac": "ENC[`,
	formats.Json:   `"mac": "ENC[`,
	formats.Yaml:   "mac: ENC[",
	formats.Dotenv: "sops_mac=ENC[",
	formats.Ini:    "[sops]",
}

func (c *cluster) decryptorFor(root string, object *kustomizev1.Kustomization) (*decryptor, error) {
	made := &decryptor{root: root}
	decryption := object.Spec.Decryption
	if decryption == nil || decryption.Provider != "sops" || c.options.LeaveEncrypted {
		return made, nil
	}
	made.isOn = true
	if decryption.SecretRef == nil && !c.options.ControllerHasKey {
		return made, nil
	}
	if c.options.KeyError != nil {
		return nil, fmt.Errorf("failed to import the decryption key: %w", c.options.KeyError)
	}
	if c.options.Identities == nil && decryption.SecretRef != nil {
		return nil, fmt.Errorf("secrets %q not found", decryption.SecretRef.Name)
	}
	made.keys = c.options.Identities
	return made, nil
}

// decryptSources decrypts, on disk, the files that secretGenerator and patches name, in the kustomization
// of a folder and in all that it lists. configMapGenerator is not among them.
func (d *decryptor) decryptSources(folder string) error {
	if !d.isOn {
		return nil
	}
	return d.visit(folder, map[string]bool{}, map[string]bool{})
}

func (d *decryptor) visit(folder string, seen, decrypted map[string]bool) error {
	if seen[folder] || !d.isInside(folder) {
		return nil
	}
	seen[folder] = true
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return nil // A file or a URL: nothing to go into.
	}
	kustomization, err := loadKustomization(folder)
	if err != nil {
		return err
	}
	decrypt := func(path string, format formats.Format) error {
		if !filepath.IsAbs(path) {
			path = filepath.Join(folder, path)
		}
		if decrypted[path] {
			return nil
		}
		decrypted[path] = true
		return d.decryptFile(path, format)
	}
	for _, secret := range kustomization.SecretGenerator {
		for _, source := range secret.FileSources {
			key, path, hasKey := strings.Cut(source, "=")
			if !hasKey {
				path = key
			}
			// By the key, not by the name of the file.
			if err := decrypt(path, formatOf(key)); err != nil {
				return err
			}
		}
		for _, path := range secret.EnvSources {
			format := formatOf(path)
			if format == formats.Binary {
				format = formats.Dotenv
			}
			if err := decrypt(path, format); err != nil {
				return err
			}
		}
	}
	for _, patch := range kustomization.Patches {
		if patch.Path == "" || isURL(patch.Path) {
			continue
		}
		if err := decrypt(patch.Path, formatOf(patch.Path)); err != nil {
			return err
		}
	}
	for _, next := range append(kustomization.Resources, kustomization.Components...) {
		if err := d.visit(filepath.Join(folder, next), seen, decrypted); err != nil {
			return err
		}
	}
	return nil
}

func loadKustomization(folder string) (*kustypes.Kustomization, error) {
	found := ""
	for _, name := range konfig.RecognizedKustomizationFileNames() {
		path := filepath.Join(folder, name)
		if _, err := os.Stat(path); err != nil {
			continue
		}
		if found != "" {
			return nil, errors.New("found multiple kustomization files")
		}
		found = path
	}
	if found == "" {
		return nil, errors.New("no kustomization file found")
	}
	data, err := os.ReadFile(found)
	if err != nil {
		return nil, err
	}
	kustomization := &kustypes.Kustomization{}
	if err := yaml.Unmarshal(data, kustomization); err != nil {
		return nil, fmt.Errorf("failed to unmarshal kustomization file from '%s': %w", found, err)
	}
	return kustomization, nil
}

func (d *decryptor) decryptFile(path string, format formats.Format) error {
	if !d.isInside(path) {
		return fmt.Errorf("%s lies outside the repository", path)
	}
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	if info.Size() > maxSourceSize {
		return fmt.Errorf("cannot decrypt file with size (%d bytes) exceeding limit (%d)", info.Size(), maxSourceSize)
	}
	data, err := os.ReadFile(path)
	if err != nil || !bytes.Contains(data, []byte(markers[format])) {
		return err
	}
	plain, err := d.decrypt(data, format, format)
	if err != nil {
		return err
	}
	return os.WriteFile(path, plain, 0o600)
}

// decryptResource decrypts an object with a top-level `sops`, else single values of a Secret.
func (d *decryptor) decryptResource(object *resource.Resource) error {
	if !d.isOn || isDecryptionDisabled(object.GetAnnotations()) {
		return nil
	}
	if hasMac(object) {
		encrypted, err := object.MarshalJSON()
		if err != nil {
			return err
		}
		plain, err := d.decrypt(encrypted, formats.Json, formats.Json)
		if err != nil {
			return err
		}
		return object.UnmarshalJSON(plain)
	}
	if object.GetKind() != "Secret" {
		return nil
	}
	data := object.GetDataMap()
	for key, text := range data {
		value, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			continue
		}
		format, isEncrypted := markedFormat(value)
		if !isEncrypted {
			continue
		}
		plain, err := d.decrypt(value, format, formatOf(key))
		if err != nil {
			return fmt.Errorf("failed to decrypt and format Secret field '%s': %w", key, err)
		}
		data[key] = base64.StdEncoding.EncodeToString(plain)
	}
	object.SetDataMap(data)
	return nil
}

// decrypt does not look at the MAC: neither does Flux, since kustomize adds fields.
func (d *decryptor) decrypt(data []byte, from, to formats.Format) (plain []byte, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("sops panicked: %v", cause)
		}
	}()
	tree, err := common.StoreForFormat(from, config.NewStoresConfig()).LoadEncryptedFile(data)
	if err != nil {
		return nil, fmt.Errorf("failed to load encrypted data: %w", userError(err))
	}
	service := keyservice.NewCustomLocalClient(&keyServer{keys: d.keys})
	key, err := tree.Metadata.GetDataKeyWithKeyServices([]keyservice.KeyServiceClient{service}, sops.DefaultDecryptionOrder)
	if err != nil {
		return nil, fmt.Errorf("cannot get sops data key: %w", userError(err))
	}
	if _, err := tree.Decrypt(key, aes.NewCipher()); err != nil {
		return nil, fmt.Errorf("error decrypting sops tree: %w", userError(err))
	}
	return common.StoreForFormat(to, config.NewStoresConfig()).EmitPlainFile(tree.Branches)
}

func userError(err error) error {
	var friendly sops.UserError
	if errors.As(err, &friendly) {
		return errors.New(friendly.UserError())
	}
	return err
}

// keyServer has the given age identities, and never looks for others on this machine as sops does.
type keyServer struct {
	keyservice.UnimplementedKeyServiceServer
	keys age.ParsedIdentities
}

func (server *keyServer) Decrypt(_ context.Context, request *keyservice.DecryptRequest) (*keyservice.DecryptResponse, error) {
	wanted := request.Key.GetAgeKey()
	if wanted == nil {
		return nil, errors.New("flux-build knows age keys only")
	}
	if len(server.keys) == 0 {
		return nil, errors.New("there is no age identity")
	}
	key := age.MasterKey{Recipient: wanted.Recipient, EncryptedKey: string(request.Ciphertext)}
	server.keys.ApplyToMasterKey(&key)
	plain, err := key.Decrypt()
	return &keyservice.DecryptResponse{Plaintext: plain}, err
}

func (d *decryptor) isInside(path string) bool {
	return path == d.root || strings.HasPrefix(path, d.root+string(filepath.Separator))
}

func isDecryptionDisabled(annotations map[string]string) bool {
	return strings.EqualFold(annotations[kustomizev1.GroupVersion.Group+"/decrypt"], kustomizev1.DisabledValue)
}

func hasMac(object *resource.Resource) bool {
	block := object.Field("sops")
	return !block.IsNilOrEmpty() && !block.Value.Field("mac").IsNilOrEmpty()
}

func formatOf(path string) formats.Format {
	if strings.HasSuffix(path, ".dockerconfigjson") {
		return formats.Json
	}
	return formats.FormatForPath(path)
}

func markedFormat(data []byte) (formats.Format, bool) {
	// Flux asks in random order; the binary format's marker is that of JSON, and the latter is read the same.
	for _, format := range []formats.Format{formats.Json, formats.Yaml, formats.Dotenv, formats.Ini} {
		if bytes.Contains(data, []byte(markers[format])) {
			return format, true
		}
	}
	return formats.Binary, false
}

func isURL(text string) bool {
	parsed, err := url.Parse(text)
	return err == nil && parsed.Scheme != "" && parsed.Host != ""
}
