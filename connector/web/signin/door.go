package signin

// Door is where people and programs come in.
type Door struct{}
