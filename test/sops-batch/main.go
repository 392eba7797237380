// Encrypts and decrypts documents with the real sops, thousands in one process: starting the
// sops program takes twenty times as long as a document. Reads one JSON request a line on standard
// input, and answers each with one line of JSON. Identities come from SOPS_AGE_KEY, as for sops.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"github.com/getsops/sops/v3"
	"github.com/getsops/sops/v3/aes"
	"github.com/getsops/sops/v3/age"
	"github.com/getsops/sops/v3/cmd/sops/common"
	"github.com/getsops/sops/v3/cmd/sops/formats"
	"github.com/getsops/sops/v3/config"
	"github.com/getsops/sops/v3/keyservice"
	"github.com/getsops/sops/v3/version"
)

// request is to encrypt where it names a recipient, else to decrypt. What is in a format other than YAML
// may be no text: it comes, and goes, as bytes.
type request struct {
	Text             string
	Format           string // as for --input-type; empty for YAML
	To               string // as for --output-type; empty for the same
	Content          []byte
	IgnoreMac        bool
	Recipient        string
	Option           string // of a creation rule, as encrypted_regex; empty for sops's default
	Pattern          string
	MacOnlyEncrypted bool
}

type answer struct {
	Text    string `json:"text"`
	Content []byte `json:"content"`
	Error   string `json:"error"`
}

func main() {
	lines := bufio.NewReader(os.Stdin)
	answers := json.NewEncoder(os.Stdout)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		if err := answers.Encode(answerTo(line)); err != nil {
			os.Exit(1)
		}
	}
}

// A panic of sops is its answer to one document: the program would have ended there.
func answerTo(line []byte) (result answer) {
	defer func() {
		if panicked := recover(); panicked != nil {
			result = answer{Error: fmt.Sprintf("panic: %v", panicked)}
		}
	}()
	var asked request
	err := json.Unmarshal(line, &asked)
	isYaml := asked.Format == ""
	if isYaml {
		asked.Format, asked.Content = "yaml", []byte(asked.Text)
	}
	if asked.To == "" {
		asked.To = asked.Format
	}
	var content []byte
	if err == nil && asked.Recipient != "" {
		content, err = encrypted(asked)
	} else if err == nil {
		content, err = decrypted(asked)
	}
	switch {
	case err != nil:
		return answer{Error: err.Error()}
	case isYaml:
		return answer{Text: string(content)}
	default:
		return answer{Content: content}
	}
}

// encrypted does what `sops encrypt` does (cmd/sops/encrypt.go), which no package offers.
func encrypted(asked request) ([]byte, error) {
	store := storeFor(asked.Format)
	branches, err := store.LoadPlainFile(asked.Content)
	if err != nil {
		return nil, err
	}
	if len(branches) < 1 {
		return nil, fmt.Errorf("empty file")
	}
	if store.HasSopsTopLevelKey(branches[0]) {
		return nil, fmt.Errorf("already encrypted")
	}
	metadata, err := metadataFor(asked)
	if err != nil {
		return nil, err
	}
	tree := sops.Tree{Branches: branches, Metadata: metadata}
	dataKey, errs := tree.GenerateDataKeyWithKeyServices(
		[]keyservice.KeyServiceClient{keyservice.NewLocalClient()},
	)
	if len(errs) > 0 {
		return nil, errs[0]
	}
	err = common.EncryptTree(common.EncryptTreeOpts{
		DataKey: dataKey, Tree: &tree, Cipher: aes.NewCipher(),
	})
	if err != nil {
		return nil, err
	}
	return storeFor(asked.To).EmitEncryptedFile(tree)
}

// decrypted does what `sops decrypt` does (cmd/sops/decrypt.go): package decrypt knows one format, and the MAC.
func decrypted(asked request) ([]byte, error) {
	tree, err := storeFor(asked.Format).LoadEncryptedFile(asked.Content)
	if err != nil {
		return nil, err
	}
	// It fails where it cannot read the version.
	if _, err := common.DetectKMSEncryptionContextBug(&tree); err != nil {
		return nil, err
	}
	_, err = common.DecryptTree(common.DecryptTreeOpts{
		Tree: &tree, Cipher: aes.NewCipher(), IgnoreMac: asked.IgnoreMac,
		KeyServices:     []keyservice.KeyServiceClient{keyservice.NewLocalClient()},
		DecryptionOrder: sops.DefaultDecryptionOrder,
	})
	if err != nil {
		return nil, err
	}
	return storeFor(asked.To).EmitPlainFile(tree.Branches)
}

func storeFor(format string) common.Store {
	return common.StoreForFormat(formats.FormatFromString(format), config.NewStoresConfig())
}

func metadataFor(asked request) (sops.Metadata, error) {
	key, err := age.MasterKeyFromRecipient(asked.Recipient)
	if err != nil {
		return sops.Metadata{}, err
	}
	metadata := sops.Metadata{
		KeyGroups:        []sops.KeyGroup{{key}},
		MACOnlyEncrypted: asked.MacOnlyEncrypted,
		Version:          version.Version,
	}
	switch asked.Option {
	case "":
		// A binary file has no keys to select by.
		if asked.Format != "binary" {
			metadata.UnencryptedSuffix = sops.DefaultUnencryptedSuffix
		}
	case "unencrypted_suffix":
		metadata.UnencryptedSuffix = asked.Pattern
	case "encrypted_suffix":
		metadata.EncryptedSuffix = asked.Pattern
	case "unencrypted_regex":
		metadata.UnencryptedRegex = asked.Pattern
	case "encrypted_regex":
		metadata.EncryptedRegex = asked.Pattern
	case "unencrypted_comment_regex":
		metadata.UnencryptedCommentRegex = asked.Pattern
	case "encrypted_comment_regex":
		metadata.EncryptedCommentRegex = asked.Pattern
	default:
		return sops.Metadata{}, fmt.Errorf("no such option: %s", asked.Option)
	}
	return metadata, nil
}
