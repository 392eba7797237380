package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/fluxcd/pkg/sourceignore"
)

// copyArtifact copies what source-controller packs of a repository: regular files only, without what its
// own list and .sourceignore files leave out. Of a folder that is left out, files may be taken back.
func copyArtifact(repository, target string) error {
	repository, err := filepath.Abs(repository)
	if err != nil {
		return err
	}
	domain := strings.Split(repository, string(filepath.Separator))
	patterns, err := sourceignore.LoadIgnorePatterns(repository, domain)
	if err != nil {
		return err
	}
	matcher := sourceignore.NewDefaultMatcher(patterns, domain)
	return filepath.WalkDir(repository, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if path == repository {
			return nil
		}
		if matcher.Match(strings.Split(path, string(filepath.Separator)), entry.IsDir()) {
			return nil
		}
		copied := filepath.Join(target, strings.TrimPrefix(path, repository))
		if err := os.MkdirAll(filepath.Dir(copied), 0o700); err != nil {
			return err
		}
		return copyEntry(path, copied, entry)
	})
}

func copyEntry(path, target string, entry fs.DirEntry) error {
	switch {
	case entry.IsDir():
		return os.MkdirAll(target, 0o700)
	case entry.Type().IsRegular():
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(target, data, 0o600)
	}
	return nil
}

// copyFolder gives a build a folder of its own: it writes into it.
func copyFolder(from, target string) error {
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return copyEntry(path, filepath.Join(target, strings.TrimPrefix(path, from)), entry)
	})
}
