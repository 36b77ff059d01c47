/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command {@code gnomon completion}. */
@Command(
        name = "completion",
        header = "Print a script that completes gnomon's commands and options in bash.",
        description = "It works in zsh too, after 'autoload -U +X bashcompinit && bashcompinit'.",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExample:%n",
        footer = "  source <(gnomon completion)")
final class CompletionCommand implements Callable<Integer> {
    private final Session session;

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    CompletionCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        session.out().print(AutoComplete.bash("gnomon", spec.root().commandLine()));
        session.out().flush();
        return ExitCode.DONE.number();
    }
}
