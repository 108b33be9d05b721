package report

import (
	"maps"
	"slices"

	"github.com/leadfront/leadfront/connector/hris"
)

func presetNames() []string { return slices.Sorted(maps.Keys(presets())) }

func presetOf(name string) (Config, bool) {
	p, ok := presets()[name]
	return p, ok
}

// presets are the products whose answers have a documented shape. Each was built
// from that documentation and has not been run against a live tenant: names of
// fields are often the customer's own, and then stand under fields in the config.
func presets() map[string]Config {
	return map[string]Config{
		"workday": workday(), "bamboohr": bamboo(), "successfactors": successFactors(), "hibob": hibob(), "personio": personio(),
	}
}

// workday is a custom report that is enabled as a web service (RaaS): one answer
// without pages. The aliases of its columns are the author's; give them these.
func workday() Config {
	return Config{
		Query: "format=json", Rows: ".Report_Entry[]",
		Fields: Fields{ID: ".Employee_ID", Manager: ".Manager_ID", Email: ".Email", Name: ".Name", Status: ".Status", Department: ".Department"},
		Status: hris.StatusMap{Active: []string{"Active", "1"}, Leave: []string{"On Leave"}, Inactive: []string{"Terminated", "Inactive", "0"}},
	}
}

// bamboo is the employee dataset, POST /api/v2/datasets/employee/data. Fields
// without permission are left out without a word.
func bamboo() Config {
	return Config{
		Body: `{"fields":["employeeNumber","supervisorEId","email","name","status","department"],"page":1,"pageSize":1000}`,
		Vary: []string{"page"}, Rows: ".data[].fields", Total: ".meta.totalItems",
		Next:   "if .meta.page < .meta.totalPages then {page: (.meta.page + 1)} else null end",
		Fields: Fields{ID: ".employeeNumber", Manager: ".supervisorEId", Email: ".email", Name: ".name", Status: ".status", Department: ".department"},
		Status: hris.StatusMap{Active: []string{"Active"}, Inactive: []string{"Inactive"}},
	}
}

// successFactors is OData v2, /odata/v2/User. Who has left is only answered when
// asked for, and pages are only stable as a snapshot.
func successFactors() Config {
	return Config{
		Query: "$format=json&$select=userId,email,defaultFullName,department,status,manager/userId&$expand=manager&$filter=status in 't','f','T','F'&paging=snapshot",
		Rows:  ".d.results[]", Next: ".d.__next",
		Fields: Fields{ID: ".userId", Manager: ".manager.userId", Email: ".email", Name: ".defaultFullName", Status: ".status", Department: ".department"},
		Status: hris.StatusMap{Active: []string{"t"}, Inactive: []string{"f"}}, NullManagers: []string{"NO_MANAGER"},
	}
}

// hibob is POST /v1/people/search: everybody in one answer, those who have left
// only when asked for.
func hibob() Config {
	return Config{
		Body: `{"showInactive":true,"fields":["root.id","root.email","root.displayName","work.reportsTo","work.department","internal.lifecycleStatus"]}`,
		Rows: ".employees[]",
		Fields: Fields{ID: ".id", Manager: ".work.reportsTo.id", Email: ".email", Name: ".displayName", Status: ".internal.lifecycleStatus",
			Department: ".work.department"},
		Status: hris.StatusMap{Active: []string{"employed"}, Leave: []string{"garden leave", "parental leave", "long leave"}, Inactive: []string{"terminated", "hired"}},
	}
}

// personio is GET /v1/company/employees. Only attributes that the credential may
// read are answered.
func personio() Config {
	return Config{
		Query: "limit=100&offset=0", Rows: ".data[].attributes", Total: ".metadata.total_elements",
		Next: "if $seen < .metadata.total_elements then {offset: $seen} else null end",
		Fields: Fields{ID: ".id.value", Manager: ".supervisor.value.attributes.id.value", Email: ".email.value",
			Name: "[.first_name.value, .last_name.value] | map(select(. != null)) | join(\" \")", Status: ".status.value", Department: ".department.value.attributes.name"},
		Status: hris.StatusMap{Active: []string{"active"}, Leave: []string{"leave"}, Inactive: []string{"inactive", "onboarding"}},
	}
}
