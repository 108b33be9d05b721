package scim_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	server "github.com/elimity-com/scim"
	scimerrors "github.com/elimity-com/scim/errors"
	"github.com/elimity-com/scim/optional"
	"github.com/elimity-com/scim/schema"
	"github.com/go-resty/resty/v2"
)

// directory serves people through a SCIM library that others wrote, which does the
// paging's numbers, the errors and the form of the answers.
type directory struct {
	server.ResourceHandler
	all []server.Resource
}

func (d *directory) GetAll(_ *http.Request, q server.ListRequestParams) (server.Page, error) {
	from := min(q.StartIndex-1, len(d.all))
	return server.Page{TotalResults: len(d.all), Resources: d.all[from:min(len(d.all), from+q.Count)]}, nil
}

func (d *directory) Get(_ *http.Request, id string) (server.Resource, error) {
	return server.Resource{}, scimerrors.ScimErrorResourceNotFound(id)
}

// TestElimity pulls a company from elimity-com/scim.
func TestElimity(t *testing.T) {
	want := company(t)
	d := &directory{}
	for _, u := range resources(want.People) {
		attributes := server.ResourceAttributes{}
		for k, v := range u {
			attributes[k] = v
		}
		id, _ := u["id"].(string)
		d.all = append(d.all, server.Resource{ID: id, ExternalID: optional.NewString("x" + id), Attributes: attributes})
	}
	handler, err := server.NewServer(&server.ServerArgs{
		ServiceProviderConfig: &server.ServiceProviderConfig{MaxResults: 50},
		ResourceTypes: []server.ResourceType{{ID: optional.NewString("User"), Name: "User", Endpoint: "/Users", Schema: schema.CoreUserSchema(),
			SchemaExtensions: []server.SchemaExtension{{Schema: schema.ExtensionEnterpriseUser()}}, Handler: d}},
	})
	if err != nil {
		t.Fatal(err)
	}
	peer := httptest.NewServer(handler)
	t.Cleanup(peer.Close)
	got, err := source(t, resty.New().SetBaseURL(peer.URL+"/v2"), nil).Org(t.Context())
	if err != nil || got.Digest != want.Digest {
		t.Errorf("%d people, %v; want the %d of the CSV file", len(got.People), err, len(want.People))
	}
	if _, err := source(t, resty.New().SetBaseURL(peer.URL+"/v1"), nil).Org(t.Context()); err == nil {
		t.Error("an address that the server does not know gave no error")
	}
}
