package report

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"

	"go.yaml.in/yaml/v3"
)

// ErrBrand is returned for a brand file that says something a plan cannot show.
var ErrBrand = errors.New("brand file")

// Brand is under whose name a plan is handed over.
type Brand struct {
	Name    string
	Contact string
	Colour  string // "#rrggbb"; empty: the program's own
	Logo    string // data URI of a picture; empty: none
	Texts   []OwnText
}

// maxLogo bounds the logo: it stands in every page.
const maxLogo = 512 << 10

var colourForm = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)

// LoadBrand reads a YAML file with name, contact, colour (#rrggbb), logo (a PNG,
// JPEG, GIF or WebP file beside it) and texts (as LoadTexts reads them). Errors are
// ErrBrand and name the line where there is one.
func LoadBrand(path string) (Brand, error) {
	data, err := readOwn(path)
	if err != nil {
		return Brand{}, fmt.Errorf("reading the brand file: %w", err)
	}
	var raw struct {
		Name    string      `yaml:"name"`
		Contact string      `yaml:"contact"`
		Colour  string      `yaml:"colour"`
		Logo    string      `yaml:"logo"`
		Texts   []yaml.Node `yaml:"texts"`
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(&raw); err != nil {
		return Brand{}, fmt.Errorf("%w %s: %w", ErrBrand, path, err)
	}
	b := Brand{Name: raw.Name, Contact: raw.Contact, Colour: raw.Colour}
	if b.Colour != "" && !colourForm.MatchString(b.Colour) {
		return Brand{}, fmt.Errorf("%w %s: the colour %q is not of the form #rrggbb", ErrBrand, path, b.Colour)
	}
	if b.Texts, err = ownTexts(raw.Texts); err != nil {
		return Brand{}, fmt.Errorf("%w %s: %w", ErrBrand, path, err)
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

// signature is name and contact on one line.
func (b Brand) signature() string {
	if b.Contact == "" {
		return b.Name
	}
	return b.Name + " · " + b.Contact
}

// css sets the colour of rules and frames, in a shade that stands out on the page's
// background in light and in dark. Text keeps its own colours, whose contrast is known.
func (b Brand) css() string {
	shades := b.Shades()
	if len(shades) == 0 {
		return ""
	}
	return ":root{--brand:" + shades[0].Used + "}\n@media (prefers-color-scheme:dark){:root:not(.printing){--brand:" + shades[1].Used + "}}\n"
}
