package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/leadfront/leadfront/config"
	"github.com/leadfront/leadfront/connector"
	"github.com/leadfront/leadfront/connector/notice"
	"github.com/leadfront/leadfront/connector/records/scormcloud"
	"github.com/leadfront/leadfront/connector/rest"
	"github.com/leadfront/leadfront/connector/store"
	"github.com/leadfront/leadfront/lrs"
	"github.com/leadfront/leadfront/rules"
)

// site is a configuration with everything built that it names.
type site struct {
	config  *config.Config
	policy  rules.Policy
	gate    *rest.Gate
	hris    connector.HRISSource
	records []connector.RecordSource
	lrss    []*lrs.Client
	sharing *sharing     // nil: nothing can be shared
	desk    *notice.Desk // nil: nobody is told anything
	clouds  []*scormcloud.Client
	lms     []connector.LMSSource
	// platforms are the connectors of lms, in that order.
	platforms []platform
}

// load reads the configuration and tells of what is allowed and probably not
// meant.
func (p *program) load() (*config.Config, error) {
	c, err := config.Load(p.cli.Config)
	if err != nil {
		return nil, err
	}
	for _, w := range c.Warnings {
		printf(p.stderr, "warning: %v\n", w.String())
	}
	return c, nil
}

// build makes the connectors of a configuration. Nothing is reached yet.
func (p *program) build(c *config.Config) (*site, error) {
	s := &site{config: c, policy: c.Policy(), gate: &rest.Gate{}}
	var err error
	if s.desk, err = newDesk(c); err != nil {
		return nil, err
	}
	if err := s.buildHRIS(p); err != nil {
		return nil, err
	}
	if err := s.buildRecords(); err != nil {
		return nil, err
	}
	if err := s.buildLMS(p); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *site) buildRecords() error {
	watch := lrs.NewWatch(s.policy.Programs)
	if err := s.buildSharing(); err != nil {
		return err
	}
	for _, r := range s.config.Records {
		if r.SCORMCloud != nil {
			if err := s.buildSCORMCloud(r.SCORMCloud, watch); err != nil {
				return err
			}
			continue
		}
		client, err := rest.New(r.LRS.Server, rest.Gets(), nil)
		if err != nil {
			return fmt.Errorf("lrs %s: %w", r.LRS.Reading.Name, err)
		}
		source := lrs.New(r.LRS.Reading, client, watch)
		s.lrss = append(s.lrss, source)
		s.records = append(s.records, connector.RecordSource{Name: r.LRS.Reading.Name, Schedule: schedule(r.LRS.Schedule),
			Records: source, Rescan: r.LRS.Rescan, Sweep: r.LRS.Sweep})
	}
	return nil
}

func (s *site) buildSCORMCloud(c *config.SCORMCloud, watch *lrs.Watch) error {
	client, err := rest.New(c.Server, rest.Gets(), nil)
	if err != nil {
		return fmt.Errorf("scorm_cloud %s: %w", c.Reading.Name, err)
	}
	source := scormcloud.New(c.Reading, client, watch.Keep)
	s.clouds = append(s.clouds, source)
	s.records = append(s.records, connector.RecordSource{Name: c.Reading.Name, Schedule: schedule(c.Schedule), Records: source})
	return nil
}

func schedule(s config.Schedule) connector.Schedule {
	return connector.Schedule{Every: s.Every, Limit: s.MaxAge}
}

// loop makes the loop over a store.
func (s *site) loop(p *program, st connector.Store, log *slog.Logger, settled func(*connector.Report)) (*connector.Loop, error) {
	guards := map[string]rules.GuardLimits{}
	for i := range s.config.Programs {
		guards[s.config.Programs[i].ID] = s.config.Programs[i].Guards.Limits()
	}
	kept, err := witnesses(s.config.Audit, log)
	if err != nil {
		return nil, err
	}
	return connector.New(connector.Options{
		Witnesses: kept, Policy: &s.policy, Mode: s.config.Mode, Guards: guards, OrgLimits: s.orgLimits(),
		HRIS: s.hris, Records: s.records, LMS: s.lms, Store: st, Gate: s.gate, Now: p.now, Log: log, Settled: settled,
	}), nil
}

// begin logs the configuration in a store that this process has locked, and
// refuses one that has lost a programme or target whose holds are still in place:
// nobody would ever lift them.
func (s *site) begin(ctx context.Context, p *program, st *store.Store) error {
	var ids []string
	for _, pr := range s.policy.Programs {
		ids = append(ids, pr.ID)
	}
	facts, err := st.Facts(ctx, p.now())
	if err != nil {
		return err
	}
	if err := s.orphans(facts.Holds); err != nil {
		return err
	}
	return st.Config(ctx, store.Configuration{Hash: s.config.Digest(), Decides: s.policy.Decides, Redacted: s.config.Redacted(), Programs: ids}, p.now())
}

// orphans is an error for each programme or target with open holds that the
// configuration no longer has.
func (s *site) orphans(holds []rules.Hold) error {
	there := map[[2]string]bool{}
	for _, pr := range s.policy.Programs {
		for _, t := range pr.Targets {
			there[[2]string{pr.ID, t.Key()}] = true
		}
	}
	count := map[[2]string]int{}
	for _, h := range holds {
		if k := [2]string{h.Program, h.Target}; !there[k] {
			count[k]++
		}
	}
	var errs []error
	for k, n := range count {
		errs = append(errs, fmt.Errorf("the configuration has lost programme %s in %s, where %d holds of ours are open: put it back and run `leadfront release-all --program %s` first", k[0], k[1], n, k[0]))
	}
	return errors.Join(errs...)
}

// openStore opens the store of the configuration.
func (p *program) openStore(c *config.Config, readOnly bool) (*store.Store, error) {
	return store.Open(p.ctx, c.Data, store.Options{ReadOnly: readOnly, KeyFile: c.Audit.KeyFile})
}
