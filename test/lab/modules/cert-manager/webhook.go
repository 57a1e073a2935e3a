package main

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"strconv"

	"github.com/spf13/pflag"
	"k8s.io/client-go/rest"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/healthz"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"
	hooks "sigs.k8s.io/controller-runtime/pkg/webhook"

	assembly "github.com/cert-manager/cert-manager/internal/webhook"
	logf "github.com/cert-manager/cert-manager/pkg/logs"
	"github.com/cert-manager/cert-manager/pkg/webhook/admission"
	"github.com/cert-manager/cert-manager/pkg/webhook/options"
)

func webhook(ctx context.Context, args []string) error {
	config, err := options.NewWebhookConfiguration()
	if err != nil {
		return err
	}
	flags := pflag.NewFlagSet("webhook", pflag.ContinueOnError)
	bind := flags.String("bind-address", "0.0.0.0", "address of --secure-port and --healthz-port; upstream has no such flag and always takes every address")
	options.AddConfigFlags(flags, config)
	if err := flags.Parse(args); err != nil {
		return err
	}
	if err := logf.ValidateAndApply(&config.Logging); err != nil {
		return err
	}

	upstream, err := assembly.NewCertManagerWebhookServer(logf.FromContext(ctx), *config)
	if err != nil {
		return err
	}
	// Upstream's server with its handlers and certificate, but started here, where an address can be given.
	certificate := upstream.CertificateSource
	manager, err := ctrl.NewManager(&rest.Config{}, ctrl.Options{
		Scheme: upstream.ResourceScheme,
		WebhookServer: hooks.NewServer(hooks.Options{
			Host:    *bind,
			Port:    upstream.ListenAddr,
			TLSOpts: []func(*tls.Config){func(to *tls.Config) { to.GetCertificate = certificate.GetCertificate }},
		}),
		Metrics:                server.Options{BindAddress: config.MetricsListenAddress},
		HealthProbeBindAddress: net.JoinHostPort(*bind, strconv.Itoa(int(config.HealthzPort))),
		// Upstream's paths: the process lives, and it has a certificate to serve.
		LivenessEndpointName:  "/livez",
		ReadinessEndpointName: "/healthz",
	})
	if err != nil {
		return err
	}
	https := manager.GetWebhookServer()
	https.Register("/mutate", admission.NewCustomMutationWebhook(upstream.MutationWebhook))
	https.Register("/validate", admission.NewCustomValidationWebhook(upstream.ResourceScheme, upstream.ValidationWebhook))
	if err := manager.AddHealthzCheck("ping", healthz.Ping); err != nil {
		return err
	}
	err = manager.AddReadyzCheck("certificate", func(*http.Request) error {
		if !certificate.Healthy() {
			return errors.New("there is no serving certificate yet")
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := manager.Add(certificate); err != nil {
		return err
	}
	return manager.Start(ctx)
}
