package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	definitions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	stores "github.com/external-secrets/external-secrets/apis/externalsecrets/v1"
	generators "github.com/external-secrets/external-secrets/apis/generators/v1alpha1"
	"github.com/external-secrets/external-secrets/pkg/generator/password"
	"github.com/external-secrets/external-secrets/pkg/provider/kubernetes"
)

// addNewer puts what the pinned version does and this one's packages do not in place of theirs.
func addNewer() {
	generators.ForceRegister(generators.PasswordKind, &passwords{})
	store := &stores.SecretStoreProvider{Kubernetes: &stores.KubernetesProvider{}}
	stores.ForceRegister(&secretsOfNamespace{&kubernetes.Provider{}}, store, stores.MaintenanceStatusMaintained)
}

// passwords generates one password for each of the spec's `secretKeys`, which the older generator does not know.
type passwords struct{ password.Generator }

func (p *passwords) Generate(
	ctx context.Context, object *definitions.JSON, reader client.Client, namespace string,
) (map[string][]byte, generators.GeneratorProviderState, error) {
	keys, err := keysOf(ctx, object, reader, namespace)
	if err != nil {
		return nil, nil, err
	}
	generated := map[string][]byte{}
	for _, key := range keys {
		one, _, err := p.Generator.Generate(ctx, object, reader, namespace)
		if err != nil {
			return nil, nil, err
		}
		generated[key] = one["password"]
	}
	return generated, nil, nil
}

// keysOf reads the keys from the API: the given object has passed through a type without them. One that is made from a
// ClusterGenerator has no name, and gets one password.
func keysOf(ctx context.Context, object *definitions.JSON, reader client.Client, namespace string) ([]string, error) {
	if object == nil {
		return nil, errors.New("the generator has no spec")
	}
	given := &unstructured.Unstructured{}
	if err := given.UnmarshalJSON(object.Raw); err != nil {
		return nil, err
	}
	if given.GetName() == "" {
		return []string{"password"}, nil
	}
	whole := &unstructured.Unstructured{}
	whole.SetGroupVersionKind(generators.SchemeGroupVersion.WithKind(generators.PasswordKind))
	if err := reader.Get(ctx, client.ObjectKey{Namespace: namespace, Name: given.GetName()}, whole); err != nil {
		return nil, err
	}
	keys, _, err := unstructured.NestedStringSlice(whole.Object, "spec", "secretKeys")
	if err != nil {
		return nil, err
	}
	if len(keys) == 0 {
		return []string{"password"}, nil
	}
	sorted := slices.Sorted(slices.Values(keys))
	if sorted[0] == "" || len(slices.Compact(sorted)) < len(keys) {
		return nil, fmt.Errorf("an entry of secretKeys is empty or there twice: %q", keys)
	}
	return keys, nil
}

// secretsOfNamespace is the store of provider `kubernetes`, which can say whether an entry exists. A PushSecret with the
// update policy IfNotExists asks for that.
type secretsOfNamespace struct{ stores.Provider }

func (s *secretsOfNamespace) NewClient(
	ctx context.Context, store stores.GenericStore, reader client.Client, namespace string,
) (stores.SecretsClient, error) {
	made, err := s.Provider.NewClient(ctx, store, reader, namespace)
	if err != nil {
		return nil, err
	}
	return &secretsClient{made}, nil
}

type secretsClient struct{ stores.SecretsClient }

func (s *secretsClient) SecretExists(ctx context.Context, entry stores.PushSecretRemoteRef) (bool, error) {
	found, err := s.GetSecretMap(ctx, stores.ExternalSecretDataRemoteRef{Key: entry.GetRemoteKey()})
	if errors.Is(err, stores.NoSecretErr) {
		return false, nil
	}
	if err != nil || entry.GetProperty() == "" {
		return err == nil, err
	}
	_, exists := found[entry.GetProperty()]
	return exists, nil
}
