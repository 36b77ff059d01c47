/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.step;

import dev.gnomon.installer.plan.Guard;
import dev.gnomon.installer.plan.History;
import dev.gnomon.installer.plan.Plan;
import dev.gnomon.installer.plan.SetupLog;
import dev.gnomon.installer.plan.Step;
import dev.gnomon.installer.port.Ports;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The plans that setup has, put together from the steps. */
public final class Plans {
    private static final String PROGRAM_FOLDER = "program-folder";

    /** The steps of {@link #registration}. */
    public static final Set<String> REGISTERED =
            Set.of("event-source", "com-application", "class-registration", "vss-provider");

    private final Layout layout;
    private final Ports ports;
    private final Choices choices;
    private final Interruption interruption;
    private final Preflight preflight;
    private final ComPlusRegistration registration;
    private final SetupLog log;
    private final boolean copied;

    /**
     * Makes the plans for one run.
     *
     * @param history what earlier runs did
     */
    public Plans(
            Layout layout, Ports ports, Choices choices, Interruption interruption, History history, SetupLog log) {
        this.layout = layout;
        this.ports = ports;
        this.choices = choices;
        this.interruption = interruption;
        this.log = log;
        copied = history.memo(PROGRAM_FOLDER).is(ProgramFolder.COPIED);
        preflight = new Preflight(layout, ports, choices);
        registration = new ComPlusRegistration(ports, log);
    }

    /** Returns the plan of an installation. */
    public Plan install() {
        List<Guard> guards = new ArrayList<>(preflight.installation());
        guards.add(preflight.nothingElseInstalled());
        return installation(guards);
    }

    /** Returns the plan of a repair: the same steps, whatever else is in the way of a first installation. */
    public Plan repair() {
        List<Guard> guards = new ArrayList<>(preflight.installation());
        guards.add(preflight.nothingElseInstalled());
        return installation(guards);
    }

    /** Returns the plan of an uninstall; an old Windows, a full disk or a wrong version must not keep anybody from it. */
    public Plan uninstall() {
        List<Guard> guards = new ArrayList<>(preflight.machine());
        guards.add(preflight.nothingInUse());
        return installation(guards);
    }

    /** Returns the plan of a rollback, which nothing may keep from its work. */
    public Plan rollback() {
        return installation(preflight.machine());
    }

    /** Returns the plan of what other programs see of the provider: the event source, COM+, the class, the list of VSS. */
    public Plan registration() {
        Plan all = installation(preflight.machine());
        return new Plan(all.guards(), registered(all.steps()), registered(all.removal()));
    }

    private static List<Step> registered(List<Step> steps) {
        return steps.stream().filter(each -> REGISTERED.contains(each.name())).toList();
    }

    private Plan installation(List<Guard> guards) {
        Step programFolder = new ProgramFolder(layout, ports.folders(), registration, copied);
        Step stateFolder = stateFolder();
        Step settings = settings();
        Step eventSource = new EventSource(layout, ports.registry());
        Step application = new ComPlusApplication(layout, ports, registration, log);
        Step classes = new ClassRegistration(layout, ports.registry(), registration);
        Step provider = new VssProvider(layout, registration);
        Step service = new EngineService(layout, ports);
        Step running = new EngineRunning(layout, ports, interruption);
        Step path = new PathEntry(layout, ports.registry(), ports.machine());
        return new Plan(
                guards,
                List.of(
                        programFolder,
                        stateFolder,
                        settings,
                        eventSource,
                        application,
                        classes,
                        provider,
                        service,
                        running,
                        path),
                // The reverse, but the class outlives the application that hosts it (provider contract 6.6).
                List.of(
                        path,
                        running,
                        service,
                        provider,
                        application,
                        classes,
                        eventSource,
                        settings,
                        stateFolder,
                        programFolder));
    }

    private Step stateFolder() {
        return new StateFolder(
                layout, ports.folders(), ports.machine(), choices.allowSystemVolume(), choices.removeData());
    }

    private Step settings() {
        return new Settings(layout, choices.version(), ports.registry(), choices.removeData());
    }

    /** Returns the plan of an upgrade: the old version stays at hand until the new one answers. */
    public Plan upgrade() {
        List<Guard> guards = new ArrayList<>(preflight.installation());
        guards.add(preflight.olderInstalled());
        guards.add(preflight.nothingInUse());
        guards.add(preflight.shortInterruption());
        return upgrade(guards);
    }

    /** Returns the plan by which an upgrade that was ended half-way is undone. */
    public Plan goBack() {
        List<Guard> guards = new ArrayList<>(preflight.machine());
        guards.add(preflight.nothingInUse());
        return upgrade(guards);
    }

    private Plan upgrade(List<Guard> guards) {
        Step staged = new StagedFiles(layout, ports.folders());
        Step stopped = new EngineStopped(layout, ports, interruption);
        Step old = new OldRegistration(layout, ports, registration, log);
        Step swapped = new SwappedFiles(layout, ports.folders());
        Step application = new ComPlusApplication(layout, ports, registration, log);
        Step classes = new ClassRegistration(layout, ports.registry(), registration);
        Step provider = new VssProvider(layout, registration);
        Step eventSource = new EventSource(layout, ports.registry());
        Step stateFolder = stateFolder();
        Step service = new EngineService(layout, ports);
        Step running = new EngineRunning(layout, ports, interruption);
        Step settings = settings();
        Step path = new PathEntry(layout, ports.registry(), ports.machine());
        return new Plan(
                guards,
                List.of(
                        staged,
                        old,
                        stopped,
                        swapped,
                        stateFolder,
                        eventSource,
                        service,
                        running,
                        application,
                        classes,
                        provider,
                        settings,
                        path),
                List.of(
                        path,
                        settings,
                        provider,
                        application,
                        classes,
                        running,
                        service,
                        eventSource,
                        stateFolder,
                        swapped,
                        stopped,
                        old,
                        staged));
    }
}
