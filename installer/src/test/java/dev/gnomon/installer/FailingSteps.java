/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer;

import dev.gnomon.installer.plan.Finding;
import dev.gnomon.installer.plan.Memo;
import dev.gnomon.installer.plan.Plan;
import dev.gnomon.installer.plan.SetupException;
import dev.gnomon.installer.plan.Step;
import dev.gnomon.installer.port.Ports;
import dev.gnomon.io.Storage;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** Plans in which a step fails. */
final class FailingSteps {
    private FailingSteps() {}

    /** Returns the change of a plan after which the named step does its work and then fails; none for an empty name. */
    static UnaryOperator<Plan> failing(String name) {
        return plan -> {
            Map<String, Step> steps = plan.steps().stream()
                    .collect(Collectors.toMap(Step::name, each -> each.name().equals(name) ? new Failing(each) : each));
            return new Plan(plan.guards(), in(plan.steps(), steps), in(plan.removal(), steps));
        };
    }

    private static List<Step> in(List<Step> order, Map<String, Step> steps) {
        return order.stream().map(each -> steps.getOrDefault(each.name(), each)).toList();
    }

    /** Returns ports with another storage. */
    static Ports with(Ports ports, UnaryOperator<Storage> change) {
        return new Ports(
                change.apply(ports.storage()),
                ports.clock(),
                ports.folders(),
                ports.registry(),
                ports.services(),
                ports.programs(),
                ports.comPlus(),
                ports.vss(),
                ports.machine(),
                ports.engine());
    }

    /** A step that does its work and then fails. */
    private record Failing(Step step) implements Step {
        @Override
        public String name() {
            return step.name();
        }

        @Override
        public String describe() {
            return step.describe();
        }

        @Override
        public String kept() {
            return step.kept();
        }

        @Override
        public Finding check() throws SetupException {
            return step.check();
        }

        @Override
        public Memo remember() throws SetupException {
            return step.remember();
        }

        @Override
        public void apply() throws SetupException {
            step.apply();
            throw SetupException.failed("made to fail");
        }

        @Override
        public void undo(Memo memo, Undo why) throws SetupException {
            step.undo(memo, why);
        }
    }
}
