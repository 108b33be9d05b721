package lrstest

import (
	"compress/gzip"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Corpus is a large LRS for benchmarks: pages of made-up statements of about 1.5 KB
// by mixed emitters, 8 % of them about the tracked course, written to files once and
// served from there, so that serving costs next to nothing. The same size gives the
// same pages.
type Corpus struct {
	Statements int
	People     int // 200,000
	PageSize   int // 1,000
	folder     string
	pages      int
}

// CorpusCourse is the tracked course; eleven others are beside it.
const CorpusCourse = "https://lms.example.org/course/view.php?id=0"

// NewCorpus writes the pages into the folder, plain and gzipped.
func NewCorpus(folder string, statements int) (*Corpus, error) {
	c := &Corpus{Statements: statements, People: 200_000, PageSize: 1000, folder: folder}
	c.pages = (statements + c.PageSize - 1) / c.PageSize
	random := rand.New(rand.NewPCG(1, 2))
	for page := range c.pages {
		if err := c.write(page, random); err != nil {
			return nil, fmt.Errorf("write page %d of the corpus: %w", page, err)
		}
	}
	return c, nil
}

func (c *Corpus) write(page int, random *rand.Rand) error {
	var b strings.Builder
	b.WriteString(`{"statements":[`)
	from := page * c.PageSize
	for n := from; n < min(from+c.PageSize, c.Statements); n++ {
		if n > from {
			b.WriteByte(',')
		}
		b.WriteString(c.statement(n, random))
	}
	more := ""
	if page+1 < c.pages {
		more = fmt.Sprintf("/xapi/more/%d", page+1)
	}
	fmt.Fprintf(&b, `],"more":%q}`, more)
	if err := os.WriteFile(c.path(page, ""), []byte(b.String()), 0o600); err != nil {
		return err
	}
	f, err := os.Create(c.path(page, ".gz"))
	if err != nil {
		return err
	}
	defer f.Close()
	z := gzip.NewWriter(f)
	if _, err := io.WriteString(z, b.String()); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	return f.Close()
}

func (c *Corpus) path(page int, ending string) string {
	return filepath.Join(c.folder, fmt.Sprintf("%06d.json%s", page, ending))
}

// statement is the n-th of the corpus: Moodle, a package with cmi5, a video, a quiz.
func (c *Corpus) statement(n int, random *rand.Rand) string {
	person, kind := random.IntN(c.People), random.IntN(4)
	course := 1 + random.IntN(11)
	if random.IntN(100) < 8 {
		course = 0
	}
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(n) * 50 * time.Millisecond)
	object := fmt.Sprintf("https://lms.example.org/course/view.php?id=%d", course)
	verb, result := "completed", `{"completion":true,"duration":"PT42M7S"}`
	switch kind {
	case 1:
		verb, result = "initialized", `{"extensions":{"https://x.example.org/launch":"first"}}`
	case 2:
		verb, object, result = "experienced", object+"#slide-"+fmt.Sprint(random.IntN(40)), `{"duration":"PT1M3.5S"}`
	case 3:
		verb, result = "passed", fmt.Sprintf(`{"success":true,"score":{"scaled":0.%d,"raw":%d,"min":0,"max":100}}`, 50+random.IntN(49), 50+random.IntN(50))
	}
	escape := ""
	if n%4 == 0 { // a quarter writes its slashes so
		object, escape = strings.ReplaceAll(object, "/", `\/`), `\`
	}
	actor := fmt.Sprintf(`{"objectType":"Agent","name":"Person Number %d","mbox":"mailto:p%d@example.org"}`, person, person)
	if kind == 0 {
		actor = fmt.Sprintf(`{"objectType":"Agent","name":"Person Number %d","account":{"homePage":"https://lms.example.org","name":"%d"}}`, person, person)
	}
	return fmt.Sprintf(`{"id":%[1]q,"actor":%[2]s,"verb":{"id":"http:%[3]s/%[3]s/adlnet.gov%[3]s/expapi%[3]s/verbs%[3]s/%[4]s","display":{"en-US":%[4]q,"de-DE":"getan"}},"object":{"objectType":"Activity","id":"%[5]s","definition":{"type":"http://adlnet.gov/expapi/activities/course","name":{"en-US":"A course about the responsible use of generative AI at work","de-DE":"Ein Kurs über den verantwortlichen Einsatz generativer KI"},"description":{"en-US":"Everybody takes this course, and leaders take it first; it takes about three quarters of an hour."}}},"result":%[6]s,"context":{"registration":%[7]q,"platform":"Moodle","language":"en","contextActivities":{"parent":[{"objectType":"Activity","id":"https://lms.example.org/category/7"}],"grouping":[{"objectType":"Activity","id":"https://lms.example.org/","definition":{"type":"http://id.tincanapi.com/activitytype/lms","name":{"en-US":"The learning platform of the company"}}}],"category":[{"objectType":"Activity","id":"https://x.example.org/recipe/%[8]d"}]},"extensions":{"https://x.example.org/session":{"ip":"192.0.2.7","agent":"Mozilla/5.0 (X11; Linux x86_64)","seconds":%[8]d}}},"timestamp":%[9]q,"stored":%[9]q,"version":"1.0.3","authority":{"objectType":"Agent","account":{"homePage":"https://lrs.example.org/keys","name":"emitter-%[10]d"}}}`,
		uuid(random.Uint64(), random.Uint64()), actor, escape, verb, object, result, uuid(mix(person, course), mix(course, person)), n%60, at.Format("2006-01-02T15:04:05.000Z"), kind)
}

// uuid is a random one (RFC 9562, 5.4): identifiers are most of what does not
// compress, and what an index of them finds no order in.
func uuid(a, b uint64) string {
	return fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x", a>>32, a>>16&0xffff, a&0xfff, b>>48&0x3fff|0x8000, b&0xffff_ffff_ffff)
}

// mix looks random and is the same for the same two numbers: a registration is one
// learner's in one course.
func mix(a, b int) uint64 { return rand.NewPCG(uint64(a), uint64(b)).Uint64() }

// ServeHTTP gives the pages in their order, gzipped to whoever takes it.
func (c *Corpus) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	page := 0
	if at := strings.LastIndex(r.URL.Path, "/more/"); at >= 0 {
		if _, err := fmt.Sscanf(r.URL.Path[at:], "/more/%d", &page); err != nil || page < 0 || page >= c.pages {
			http.NotFound(w, r)
			return
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Experience-API-Version", "1.0.3")
	w.Header().Set("X-Experience-API-Consistent-Through", stamp(time.Now()))
	ending := ""
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		w.Header().Set("Content-Encoding", "gzip")
		ending = ".gz"
	}
	http.ServeFile(w, r, c.path(page, ending))
}
