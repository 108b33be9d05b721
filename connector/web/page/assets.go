package page

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"html/template"
	"io/fs"
	"net/http"

	"github.com/labstack/echo/v4"
)

//go:embed assets
var ownAssets embed.FS

//go:embed templates
var ownTemplates embed.FS

// assets are the files that pages link to: every style sheet of the folder in the
// order of their names, as one, under a name that changes with its content.
type assets struct {
	style string // path
	css   []byte
	icon  []byte
}

func loadAssets() (a assets, err error) {
	names, err := fs.Glob(ownAssets, "assets/*.css")
	if err != nil {
		return a, err
	}
	for _, name := range names {
		part, err := ownAssets.ReadFile(name)
		if err != nil {
			return a, err
		}
		a.css = append(a.css, part...)
	}
	sum := sha256.Sum256(a.css)
	a.style = "/assets/" + hex.EncodeToString(sum[:6]) + ".css"
	a.icon, err = ownAssets.ReadFile("assets/icon.svg")
	return a, err
}

// Mount serves what the pages link to.
func (l *Layout) Mount(e *echo.Echo) {
	e.GET(l.assets.style, func(c echo.Context) error {
		c.Response().Header().Set(echo.HeaderCacheControl, "public, max-age=31536000, immutable")
		return c.Blob(http.StatusOK, "text/css; charset=utf-8", l.assets.css)
	})
	e.GET("/assets/icon.svg", func(c echo.Context) error {
		c.Response().Header().Set(echo.HeaderCacheControl, "public, max-age=86400")
		return c.Blob(http.StatusOK, "image/svg+xml", l.assets.icon)
	})
}

// Style is the path of the style sheet, for what is rendered without the frame.
func (l *Layout) Style() string { return l.assets.style }

// Parse reads templates of a room, with the functions and the pieces (error, stale)
// that all rooms share. The result executes the template of that name.
func (l *Layout) Parse(name string, from fs.FS, patterns ...string) (*template.Template, error) {
	t, err := template.New(name).Funcs(l.funcs()).ParseFS(ownTemplates, "templates/pieces.html")
	if err != nil {
		return nil, err
	}
	return t.ParseFS(from, patterns...)
}
