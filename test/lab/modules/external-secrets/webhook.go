package main

import (
	"context"
	"crypto/tls"
	"net/http"
	"time"

	"github.com/spf13/pflag"
	"golang.org/x/sync/errgroup"
	"k8s.io/apimachinery/pkg/util/wait"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/healthz"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"
	hooks "sigs.k8s.io/controller-runtime/pkg/webhook"

	stores "github.com/external-secrets/external-secrets/apis/externalsecrets/v1"
	"github.com/external-secrets/external-secrets/pkg/controllers/crds"
)

const (
	// Time that the certificate must be valid for to be served.
	marginToServe = time.Hour
	waitForFirst  = 2 * time.Minute
	waitForNext   = time.Second
)

// webhookSettings are the webhook's flags.
type webhookSettings struct {
	metrics, health, name string
	port                  int
	files                 crds.CertInfo
	checkInterval         time.Duration
	lookahead             time.Duration
}

func webhook(ctx context.Context, args []string) error {
	settings, err := webhookFlags(args)
	if err != nil {
		return err
	}
	err = wait.PollUntilContextTimeout(ctx, waitForNext, waitForFirst, true, func(context.Context) (bool, error) {
		return settings.check(marginToServe) == nil, nil
	})
	if err != nil {
		return settings.check(marginToServe)
	}
	manager, err := webhookManager(settings)
	if err != nil {
		return err
	}
	work, ctx := errgroup.WithContext(ctx)
	work.Go(func() error { return manager.Start(ctx) })
	work.Go(func() error {
		// An outdated certificate ends the program, as upstream's does.
		err := wait.PollUntilContextCancel(ctx, settings.checkInterval, false, func(context.Context) (bool, error) {
			return false, settings.check(settings.lookahead)
		})
		if ctx.Err() != nil {
			return nil
		}
		return err
	})
	return work.Wait()
}

func webhookFlags(args []string) (*webhookSettings, error) {
	to := &webhookSettings{files: crds.CertInfo{CertName: "tls.crt", KeyName: "tls.key", CAName: "ca.crt"}}
	flags := pflag.NewFlagSet("webhook", pflag.ContinueOnError)
	flags.StringVar(&to.metrics, "metrics-addr", ":8080", "address of /metrics")
	flags.StringVar(&to.health, "healthz-addr", ":8081", "address of /healthz and /readyz")
	flags.IntVar(&to.port, "port", 10250, "port of the webhooks")
	flags.StringVar(&to.name, "dns-name", "localhost", "name that the certificate must be valid for")
	flags.StringVar(&to.files.CertDir, "cert-dir", "/tmp/k8s-webhook-server/serving-certs", "folder of the certificate")
	flags.DurationVar(&to.checkInterval, "check-interval", 5*time.Minute, "time between checks of the certificate")
	flags.DurationVar(&to.lookahead, "lookahead-interval", crds.LookaheadInterval, "time that it must be valid for at a check")
	return to, parse(flags, args)
}

func (s *webhookSettings) check(margin time.Duration) error {
	return crds.CheckCerts(s.files, s.name, time.Now().Add(margin))
}

func webhookManager(settings *webhookSettings) (ctrl.Manager, error) {
	connection, err := ctrl.GetConfig()
	if err != nil {
		return nil, err
	}
	known, err := types()
	if err != nil {
		return nil, err
	}
	manager, err := ctrl.NewManager(connection, ctrl.Options{
		Scheme:                 known,
		Metrics:                server.Options{BindAddress: settings.metrics},
		HealthProbeBindAddress: settings.health,
		WebhookServer: hooks.NewServer(hooks.Options{
			CertDir: settings.files.CertDir,
			Port:    settings.port,
			TLSOpts: []func(*tls.Config){func(to *tls.Config) { to.MinVersion = tls.VersionTLS12 }},
		}),
	})
	if err != nil {
		return nil, err
	}
	for _, kind := range []interface{ SetupWebhookWithManager(ctrl.Manager) error }{
		&stores.ExternalSecret{}, &stores.SecretStore{}, &stores.ClusterSecretStore{},
	} {
		if err := kind.SetupWebhookWithManager(manager); err != nil {
			return nil, err
		}
	}
	if err := manager.AddHealthzCheck("healthz", healthz.Ping); err != nil {
		return nil, err
	}
	return manager, manager.AddReadyzCheck("certs", func(*http.Request) error { return settings.check(marginToServe) })
}
