package main

import (
	"context"

	"github.com/spf13/pflag"
	core "k8s.io/api/core/v1"
	definitions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/runtime"
	kubernetes "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/tools/clientcmd"
	aggregator "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"

	internal "github.com/cert-manager/cert-manager/internal/apis/config/cainjector"
	"github.com/cert-manager/cert-manager/internal/apis/config/cainjector/scheme"
	"github.com/cert-manager/cert-manager/pkg/apis/config/cainjector/v1alpha1"
	certmanager "github.com/cert-manager/cert-manager/pkg/client/clientset/versioned/scheme"
	injector "github.com/cert-manager/cert-manager/pkg/controller/cainjector"
	"github.com/cert-manager/cert-manager/pkg/util"
)

func cainjector(ctx context.Context, args []string) error {
	config, err := cainjectorConfig(args)
	if err != nil {
		return err
	}
	connection, err := clientcmd.BuildConfigFromFlags("", config.KubeConfig)
	if err != nil {
		return err
	}
	types := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{kubernetes.AddToScheme, certmanager.AddToScheme, definitions.AddToScheme, aggregator.AddToScheme} {
		if err := add(types); err != nil {
			return err
		}
	}
	election := config.LeaderElectionConfig
	manager, err := ctrl.NewManager(util.RestConfigWithUserAgent(connection, "cainjector"), ctrl.Options{
		Scheme: types,
		Cache:  cache.Options{ReaderFailOnMissingInformer: true},
		// Only the metadata of Secrets is watched; the few that count are read when they do.
		Client:                        client.Options{Cache: &client.CacheOptions{DisableFor: []client.Object{&core.Secret{}}}},
		Metrics:                       server.Options{BindAddress: config.MetricsListenAddress},
		LeaderElection:                election.Enabled,
		LeaderElectionNamespace:       election.Namespace,
		LeaderElectionID:              "cert-manager-cainjector-leader-election",
		LeaderElectionReleaseOnCancel: true,
		LeaseDuration:                 &election.LeaseDuration,
		RenewDeadline:                 &election.RenewDeadline,
		RetryPeriod:                   &election.RetryPeriod,
	})
	if err != nil {
		return err
	}
	inject := config.EnableInjectableConfig
	err = injector.RegisterAllInjectors(ctx, manager, injector.SetupOptions{
		EnableCertificatesDataSource: config.EnableDataSourceConfig.Certificates,
		EnabledReconcilersFor: map[string]bool{
			injector.MutatingWebhookConfigurationName:   inject.MutatingWebhookConfigurations,
			injector.ValidatingWebhookConfigurationName: inject.ValidatingWebhookConfigurations,
			injector.APIServiceName:                     inject.APIServices,
			injector.CustomResourceDefinitionName:       inject.CustomResourceDefinitions,
		},
	})
	if err != nil {
		return err
	}
	return manager.Start(ctx)
}

func cainjectorConfig(args []string) (*internal.CAInjectorConfiguration, error) {
	config := &internal.CAInjectorConfiguration{}
	types, _, err := scheme.NewSchemeAndCodecs()
	if err != nil {
		return nil, err
	}
	public := &v1alpha1.CAInjectorConfiguration{}
	types.Default(public)
	if err := types.Convert(public, config, nil); err != nil {
		return nil, err
	}

	inject := &config.EnableInjectableConfig
	source := &config.EnableDataSourceConfig
	flags := pflag.NewFlagSet("cainjector", pflag.ContinueOnError)
	flags.StringVar(&config.KubeConfig, "kubeconfig", config.KubeConfig, "kubeconfig file; without it, the cluster that it runs in")
	flags.BoolVar(&source.Certificates, "enable-certificates-data-source", source.Certificates, "take CA data from Certificates too")
	flags.BoolVar(&inject.ValidatingWebhookConfigurations, "enable-validatingwebhookconfigurations-injectable", inject.ValidatingWebhookConfigurations, "inject into these")
	flags.BoolVar(&inject.MutatingWebhookConfigurations, "enable-mutatingwebhookconfigurations-injectable", inject.MutatingWebhookConfigurations, "inject into these")
	flags.BoolVar(&inject.CustomResourceDefinitions, "enable-customresourcedefinitions-injectable", inject.CustomResourceDefinitions, "inject into these")
	flags.BoolVar(&inject.APIServices, "enable-apiservices-injectable", inject.APIServices, "inject into these")
	flags.StringVar(&config.MetricsListenAddress, "metrics-listen-address", config.MetricsListenAddress, "host and port of /metrics; 0 for none")
	addElectionFlags(flags, &config.LeaderElectionConfig)
	return config, parse(flags, &config.Logging, args)
}
