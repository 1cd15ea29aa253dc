package report

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"replatform/planner"
)

// ErrBrand is returned for a brand file that says something a plan cannot show.
var ErrBrand = errors.New("brand file")

// Brand is under whose name a plan is handed over.
type Brand struct {
	Name    string
	Contact string
	Colour  string // "#rrggbb"; empty: the program's own
	Logo    string // data URI of a picture; empty: none
	Texts   []BrandText
}

// BrandText is a text of the consultant's own at the end of a chapter.
type BrandText struct {
	Chapter          string // number or id: "1", "summary"
	planner.TextData `yaml:",inline"`
}

// maxLogo bounds the logo: it stands in every page.
const maxLogo = 512 << 10

var colourForm = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)

// LoadBrand reads a YAML file with name, contact, colour (#rrggbb), logo (a PNG,
// JPEG, GIF or WebP file beside it) and texts (chapter, ja, en).
func LoadBrand(path string) (Brand, error) {
	f, err := os.Open(path)
	if err != nil {
		return Brand{}, fmt.Errorf("reading the brand file: %w", err)
	}
	defer f.Close()
	var raw struct {
		Name    string      `yaml:"name"`
		Contact string      `yaml:"contact"`
		Colour  string      `yaml:"colour"`
		Logo    string      `yaml:"logo"`
		Texts   []BrandText `yaml:"texts"`
	}
	dec := yaml.NewDecoder(f)
	dec.KnownFields(true)
	if err := dec.Decode(&raw); err != nil {
		return Brand{}, fmt.Errorf("%w %s: %w", ErrBrand, path, err)
	}
	b := Brand{Name: raw.Name, Contact: raw.Contact, Colour: raw.Colour, Texts: raw.Texts}
	if b.Colour != "" && !colourForm.MatchString(b.Colour) {
		return Brand{}, fmt.Errorf("%w %s: the colour %q is not of the form #rrggbb", ErrBrand, path, b.Colour)
	}
	t, err := loadTexts()
	if err != nil {
		return Brand{}, err
	}
	for _, own := range b.Texts {
		found := false
		for _, c := range t.Chapters {
			found = found || own.Chapter == c.ID || own.Chapter == c.No
		}
		if !found {
			return Brand{}, fmt.Errorf("%w %s: there is no chapter %q", ErrBrand, path, own.Chapter)
		}
		if own.JA == "" || own.EN == "" {
			return Brand{}, fmt.Errorf("%w %s: the text for chapter %q is not in both languages", ErrBrand, path, own.Chapter)
		}
	}
	if raw.Logo != "" {
		if b.Logo, err = readLogo(filepath.Join(filepath.Dir(path), filepath.FromSlash(raw.Logo))); err != nil {
			return Brand{}, fmt.Errorf("%w %s: %w", ErrBrand, path, err)
		}
	}
	return b, nil
}

// readLogo makes a data URI of a picture; its kind is told by its bytes.
func readLogo(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("reading the logo: %w", err)
	}
	if info.Size() > maxLogo {
		return "", fmt.Errorf("the logo has %d bytes, more than %d", info.Size(), maxLogo)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("reading the logo: %w", err)
	}
	switch kind := http.DetectContentType(data); kind {
	case "image/png", "image/jpeg", "image/gif", "image/webp":
		return "data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(data), nil
	default:
		return "", fmt.Errorf("the logo is %s, not a PNG, JPEG, GIF or WebP picture", kind)
	}
}

// css sets the colour of rules and frames. Text keeps its own colours, whose
// contrast is known.
func (b Brand) css() string {
	if !colourForm.MatchString(b.Colour) {
		return ""
	}
	return ":root{--brand:" + strings.ToLower(b.Colour) + "}\n"
}
