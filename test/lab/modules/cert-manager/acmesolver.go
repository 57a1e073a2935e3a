package main

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/spf13/pflag"
	"golang.org/x/sync/errgroup"
	logging "k8s.io/component-base/logs/api/v1"

	"github.com/cert-manager/cert-manager/pkg/issuer/acme/http/solver"
	logf "github.com/cert-manager/cert-manager/pkg/logs"
)

const solverGracePeriod = 5 * time.Second

// acmesolver answers HTTP-01 challenges. The controller starts it, one pod for each challenge.
func acmesolver(ctx context.Context, args []string) error {
	challenge := &solver.HTTP01Solver{}
	flags := pflag.NewFlagSet("acmesolver", pflag.ContinueOnError)
	flags.IntVar(&challenge.ListenPort, "listen-port", 8089, "port to listen on")
	flags.StringVar(&challenge.Domain, "domain", "", "host that is challenged")
	flags.StringVar(&challenge.Token, "token", "", "last part of the challenge's path")
	flags.StringVar(&challenge.Key, "key", "", "the answer")
	if err := parse(flags, logging.NewLoggingConfiguration(), args); err != nil {
		return err
	}

	work, ctx := errgroup.WithContext(ctx)
	work.Go(func() error {
		if err := challenge.Listen(logf.FromContext(ctx)); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	work.Go(func() error {
		<-ctx.Done()
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), solverGracePeriod)
		defer cancel()
		return challenge.Shutdown(grace)
	})
	return work.Wait()
}
