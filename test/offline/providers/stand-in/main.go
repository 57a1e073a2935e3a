// A provider that has the schema in schema.json beside it, and does nothing: with it Terraform can validate folders, and
// run those of their tests that mock the provider.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tfprotov5/tf5server"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// What test/offline/providers/schema.ts writes, which says what each means.
type schema struct {
	Address   string
	Provider  block
	Resources map[string]block
	Data      map[string]block
}

type block struct {
	Attributes map[string]attribute
	Blocks     map[string]nestedBlock
}

type attribute struct {
	Type                         json.RawMessage
	Required, Optional, Computed bool
}

type nestedBlock struct {
	Nesting  string
	Min, Max int64
	Block    block
}

var nestings = map[string]tfprotov5.SchemaNestedBlockNestingMode{
	"list":   tfprotov5.SchemaNestedBlockNestingModeList,
	"set":    tfprotov5.SchemaNestedBlockNestingModeSet,
	"single": tfprotov5.SchemaNestedBlockNestingModeSingle,
}

func main() {
	if err := serve(); err != nil {
		fmt.Fprintf(os.Stderr, "stand-in: %v\n", err)
		os.Exit(1)
	}
}

func serve() error {
	s, err := read(filepath.Join(filepath.Dir(os.Args[0]), "schema.json"))
	if err != nil {
		return err
	}
	response, err := s.response()
	if err != nil {
		return err
	}
	return tf5server.Serve(s.Address, func() tfprotov5.ProviderServer { return server{schema: response} })
}

func read(path string) (*schema, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var s schema
	if err := json.Unmarshal(text, &s); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &s, nil
}

func (s *schema) response() (*tfprotov5.GetProviderSchemaResponse, error) {
	provider, err := s.Provider.schema()
	if err != nil {
		return nil, fmt.Errorf("provider: %w", err)
	}
	resources, err := schemas(s.Resources)
	if err != nil {
		return nil, err
	}
	data, err := schemas(s.Data)
	if err != nil {
		return nil, err
	}
	return &tfprotov5.GetProviderSchemaResponse{Provider: provider, ResourceSchemas: resources, DataSourceSchemas: data}, nil
}

func schemas(types map[string]block) (map[string]*tfprotov5.Schema, error) {
	out := make(map[string]*tfprotov5.Schema, len(types))
	for name, b := range types {
		s, err := b.schema()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		out[name] = s
	}
	return out, nil
}

func (b block) schema() (*tfprotov5.Schema, error) {
	inner, err := b.convert()
	if err != nil {
		return nil, err
	}
	return &tfprotov5.Schema{Block: inner}, nil
}

func (b block) convert() (*tfprotov5.SchemaBlock, error) {
	out := &tfprotov5.SchemaBlock{}
	for name, a := range b.Attributes {
		// The one parser of these types that the protocol's own module has.
		t, err := tftypes.ParseJSONType(a.Type)
		if err != nil {
			return nil, fmt.Errorf("%s: type %s: %w", name, a.Type, err)
		}
		out.Attributes = append(out.Attributes, &tfprotov5.SchemaAttribute{Name: name, Type: t, Required: a.Required, Optional: a.Optional, Computed: a.Computed})
	}
	for name, n := range b.Blocks {
		nesting, ok := nestings[n.Nesting]
		if !ok {
			return nil, fmt.Errorf("%s: no nesting %q", name, n.Nesting)
		}
		inner, err := n.Block.convert()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		out.BlockTypes = append(out.BlockTypes, &tfprotov5.SchemaNestedBlock{TypeName: name, Nesting: nesting, MinItems: n.Min, MaxItems: n.Max, Block: inner})
	}
	return out, nil
}

// Refuses values for what is the provider's to say: the one rule of the schema that Terraform leaves to providers.
func validate(s *tfprotov5.Schema, config *tfprotov5.DynamicValue) ([]*tfprotov5.Diagnostic, error) {
	value, err := config.Unmarshal(s.ValueType())
	if err != nil {
		return nil, err
	}
	return readOnly(s.Block, value, tftypes.NewAttributePath())
}

func readOnly(b *tfprotov5.SchemaBlock, value tftypes.Value, path *tftypes.AttributePath) ([]*tfprotov5.Diagnostic, error) {
	if value.IsNull() || !value.IsKnown() {
		return nil, nil
	}
	var values map[string]tftypes.Value
	if err := value.As(&values); err != nil {
		return nil, err
	}
	var out []*tfprotov5.Diagnostic
	for _, a := range b.Attributes {
		if a.Computed && !a.Optional && !values[a.Name].IsNull() {
			out = append(out, &tfprotov5.Diagnostic{
				Severity:  tfprotov5.DiagnosticSeverityError,
				Summary:   "Value for unconfigurable attribute",
				Detail:    fmt.Sprintf("%q is what the provider says, not what it is told.", a.Name),
				Attribute: path.WithAttributeName(a.Name),
			})
		}
	}
	for _, n := range b.BlockTypes {
		inner := path.WithAttributeName(n.TypeName)
		blocks := []tftypes.Value{values[n.TypeName]}
		if n.Nesting != tfprotov5.SchemaNestedBlockNestingModeSingle {
			if !blocks[0].IsKnown() {
				continue
			}
			if err := values[n.TypeName].As(&blocks); err != nil {
				return nil, err
			}
		}
		for i, v := range blocks {
			at := inner
			switch n.Nesting {
			case tfprotov5.SchemaNestedBlockNestingModeList:
				at = inner.WithElementKeyInt(i)
			case tfprotov5.SchemaNestedBlockNestingModeSet:
				at = inner.WithElementKeyValue(v)
			}
			diagnostics, err := readOnly(n.Block, v, at)
			if err != nil {
				return nil, err
			}
			out = append(out, diagnostics...)
		}
	}
	return out, nil
}

// Says that all else is well. Tests mock what would plan, read or apply; whoever asks for that all the same ends the program, since
// the interface inside is nil.
type server struct {
	tfprotov5.ProviderServer
	schema *tfprotov5.GetProviderSchemaResponse
}

func (s server) GetMetadata(context.Context, *tfprotov5.GetMetadataRequest) (*tfprotov5.GetMetadataResponse, error) {
	return &tfprotov5.GetMetadataResponse{}, nil
}

func (s server) GetProviderSchema(context.Context, *tfprotov5.GetProviderSchemaRequest) (*tfprotov5.GetProviderSchemaResponse, error) {
	return s.schema, nil
}

func (s server) PrepareProviderConfig(_ context.Context, request *tfprotov5.PrepareProviderConfigRequest) (*tfprotov5.PrepareProviderConfigResponse, error) {
	return &tfprotov5.PrepareProviderConfigResponse{PreparedConfig: request.Config}, nil
}

func (s server) ValidateResourceTypeConfig(_ context.Context, request *tfprotov5.ValidateResourceTypeConfigRequest) (*tfprotov5.ValidateResourceTypeConfigResponse, error) {
	diagnostics, err := validate(s.schema.ResourceSchemas[request.TypeName], request.Config)
	return &tfprotov5.ValidateResourceTypeConfigResponse{Diagnostics: diagnostics}, err
}

func (s server) ValidateDataSourceConfig(_ context.Context, request *tfprotov5.ValidateDataSourceConfigRequest) (*tfprotov5.ValidateDataSourceConfigResponse, error) {
	diagnostics, err := validate(s.schema.DataSourceSchemas[request.TypeName], request.Config)
	return &tfprotov5.ValidateDataSourceConfigResponse{Diagnostics: diagnostics}, err
}

func (s server) ConfigureProvider(context.Context, *tfprotov5.ConfigureProviderRequest) (*tfprotov5.ConfigureProviderResponse, error) {
	return &tfprotov5.ConfigureProviderResponse{}, nil
}

func (s server) StopProvider(context.Context, *tfprotov5.StopProviderRequest) (*tfprotov5.StopProviderResponse, error) {
	return &tfprotov5.StopProviderResponse{}, nil
}
