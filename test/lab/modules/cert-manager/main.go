// Command cert-manager is cert-manager's controller, webhook, CA injector or ACME solver, by its first argument, assembled
// from the packages that upstream publishes: the modules of its own commands are not published. The flags are upstream's,
// as far as Slipway's manifests and a process outside a cluster need them. The module's name lies under upstream's, as the
// names of upstream's own commands do, because that alone opens its internal packages.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/pflag"
	"k8s.io/component-base/logs/api/v1"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/cert-manager/cert-manager/internal/apis/config/shared"
	logf "github.com/cert-manager/cert-manager/pkg/logs"
)

var commands = map[string]func(ctx context.Context, args []string) error{
	"controller": controller,
	"webhook":    webhook,
	"cainjector": cainjector,
	"acmesolver": acmesolver,
}

func main() {
	if err := run(os.Args[1:]); err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 || commands[args[0]] == nil {
		return errors.New("the first argument is one of controller, webhook, cainjector, acmesolver")
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	logf.InitLogs()
	defer logf.FlushLogs()
	ctrl.SetLogger(logf.Log)
	return commands[args[0]](logf.NewContext(ctx, logf.Log, args[0]), args[1:])
}

// parse reads the arguments into flags and sets logging up as they say.
func parse(flags *pflag.FlagSet, logging *v1.LoggingConfiguration, args []string) error {
	logf.AddFlags(logging, flags)
	if err := flags.Parse(args); err != nil {
		return err
	}
	return logf.ValidateAndApply(logging)
}

func addElectionFlags(flags *pflag.FlagSet, to *shared.LeaderElectionConfig) {
	flags.BoolVar(&to.Enabled, "leader-elect", to.Enabled, "wait to be the leader before working")
	flags.StringVar(&to.Namespace, "leader-election-namespace", to.Namespace, "namespace of the lease")
	flags.DurationVar(&to.LeaseDuration, "leader-election-lease-duration", to.LeaseDuration, "age at which an unrenewed lease is free")
	flags.DurationVar(&to.RenewDeadline, "leader-election-renew-deadline", to.RenewDeadline, "time after which a leader gives up renewing")
	flags.DurationVar(&to.RetryPeriod, "leader-election-retry-period", to.RetryPeriod, "time between attempts")
}
