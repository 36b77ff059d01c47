/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.packaging;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What the MSI does beside copying files: it starts setup, which does all else and knows how to undo it. wixl has no rollback actions,
 * puts actions that come "after" another anywhere behind it, and allows no list of secure properties, so these rows are ours.
 *
 * <p><b>Invariants</b> (MsiTablesIT): RemoveExistingProducts is the first action after InstallInitialize; what runs elevated runs without
 * impersonation and starts javaw.exe; what it takes from the command line of msiexec is in SecureCustomProperties.
 */
final class MsiActions {
    // Microsoft reference, "Summary List of All Custom Action Types" and the options of custom actions.
    private static final int START_INSTALLED_FILE = 18;
    private static final int SET_PROPERTY = 51;
    private static final int CONTINUE = 0x40;
    private static final int ROLLBACK = 0x100;
    private static final int COMMIT = 0x200;
    private static final int IN_SCRIPT = 0x400;
    private static final int NO_IMPERSONATION = 0x800;
    private static final int DEFERRED_AS_SYSTEM = START_INSTALLED_FILE + IN_SCRIPT + NO_IMPERSONATION;
    /** A rollback that fails must not stop the rest of the rollback. */
    private static final int ROLLBACK_AS_SYSTEM = DEFERRED_AS_SYSTEM + ROLLBACK + CONTINUE;
    /** Nothing can be undone any more when it runs, so nothing comes of its failure. */
    private static final int COMMIT_AS_SYSTEM = DEFERRED_AS_SYSTEM + COMMIT + CONTINUE;

    // Where wixl, like Microsoft's template, has the standard actions: AppSearch 50, InstallInitialize 1500,
    // ProcessComponents 1600,
    // UnpublishFeatures 1800, WriteRegistryValues 5000, RegisterUser 6000.
    private static final int AFTER_APP_SEARCH = 60;
    private static final int BEFORE_INSTALL_INITIALIZE = 1450;
    private static final int AFTER_INSTALL_INITIALIZE = 1501;
    private static final int BEFORE_FILES_GO = 1700;
    private static final int WHEN_FILES_ARE_THERE = 5500;

    private static final String REMOVING = "REMOVE=\"ALL\"";
    private static final String NOT_REMOVING = "NOT (REMOVE=\"ALL\")";
    private static final String JVM = "--enable-native-access=ALL-UNNAMED"
            + " -Djna.boot.library.path=\"[INSTALLDIR]lib\\native\" -Djna.nounpack=true -Djna.nosys=true"
            + " -Djacob.dll.path=\"[INSTALLDIR]lib\\native\\jacob-1.20-x64.dll\""
            + " -cp \"[INSTALLDIR]lib\\gnomon-installer.jar\" dev.gnomon.installer.SetupMain";
    /** The dot keeps the backslash at the end of the folder's name from escaping the quote. */
    private static final String FOLDERS = " --program-dir \"[INSTALLDIR].\" --state-dir \"[STATEDIR].\"";

    private static final String FORCE = "ForceArgument";
    private static final String ALLOW_SYSTEM_VOLUME = "AllowSystemVolumeArgument";
    private static final String REMOVE_DATA = "RemoveDataArgument";

    private final MsiTable actions;
    private final MsiTable execute;
    private final MsiTable ui;
    private final MsiTable properties;
    private final MsiTable upgrade;

    private MsiActions(Path tables) throws IOException {
        actions = MsiTable.read(tables.resolve("CustomAction.idt"));
        execute = MsiTable.read(tables.resolve("InstallExecuteSequence.idt"));
        ui = MsiTable.read(tables.resolve("InstallUISequence.idt"));
        properties = MsiTable.read(tables.resolve("Property.idt"));
        upgrade = MsiTable.read(tables.resolve("Upgrade.idt"));
    }

    /** Adds everything to the tables in the folder {@code tables}. */
    static void addTo(Path tables) throws IOException, PackagingException {
        MsiActions all = new MsiActions(tables);
        all.removal();
        all.folders();
        all.arguments();
        all.setup();
        all.settings();
        for (MsiTable table : List.of(all.actions, all.execute, all.ui, all.properties, all.upgrade)) {
            table.write();
        }
    }

    /** The old version goes first and within the transaction, so that Windows restores it when the new one fails. */
    private void removal() throws PackagingException {
        execute.put("RemoveExistingProducts", "Sequence", Integer.toString(AFTER_INSTALL_INITIALIZE));
        // Another build of the same version replaces the installed one too, instead of being installed beside it: 0x1
        // migrates
        // features, 0x200 includes the upper bound.
        upgrade.setWhere("ActionProperty", "WIX_UPGRADE_DETECTED", "Attributes", "513");
    }

    /** Where folders were chosen at the installation, repair and uninstall find them in the registry. */
    private void folders() throws PackagingException {
        int sequence = AFTER_APP_SEARCH;
        for (String folder : List.of(WixSource.PROGRAM_FOLDER, WixSource.STATE_FOLDER)) {
            String saved = WixSource.SAVED_PREFIX + folder;
            set("Restore" + folder, folder, "[" + saved + "]");
            for (MsiTable table : List.of(execute, ui)) {
                table.put(
                        "Restore" + folder,
                        "Condition",
                        saved + " AND NOT " + folder,
                        "Sequence",
                        Integer.toString(sequence));
            }
            sequence++;
        }
    }

    /** Only these words can come from the command line of msiexec into that of setup, beside the folders. */
    private void arguments() throws PackagingException {
        argument(FORCE, "FORCE", "--force", BEFORE_INSTALL_INITIALIZE);
        argument(ALLOW_SYSTEM_VOLUME, "ALLOWSYSTEMVOLUME", "--allow-system-volume", BEFORE_INSTALL_INITIALIZE + 1);
        argument(REMOVE_DATA, "REMOVEDATA", "--remove-data", BEFORE_INSTALL_INITIALIZE + 2);
    }

    private void argument(String property, String asked, String argument, int sequence) throws PackagingException {
        set("Set" + property, property, argument);
        execute.put("Set" + property, "Condition", asked + "=\"1\"", "Sequence", Integer.toString(sequence));
    }

    /** A rollback action stands before what it undoes: Windows runs it if that, or anything behind it, fails. */
    private void setup() throws PackagingException {
        start("RollbackUninstall", ROLLBACK_AS_SYSTEM, "rollback" + FOLDERS, REMOVING, BEFORE_FILES_GO);
        start(
                "Uninstall",
                DEFERRED_AS_SYSTEM,
                "uninstall" + FOLDERS + " [" + REMOVE_DATA + "] [" + FORCE + "] --from-msi",
                REMOVING,
                BEFORE_FILES_GO + 1);
        start("RollbackInstall", ROLLBACK_AS_SYSTEM, "rollback" + FOLDERS, NOT_REMOVING, WHEN_FILES_ARE_THERE);
        start(
                "Install",
                DEFERRED_AS_SYSTEM,
                "install" + FOLDERS + " [" + ALLOW_SYSTEM_VOLUME + "] [" + FORCE + "] --from-msi",
                NOT_REMOVING,
                WHEN_FILES_ARE_THERE + 1);
        // Setup's journal learns that this run stands; a rollback after that, as Wine has it, finds nothing to do.
        start("CommitInstall", COMMIT_AS_SYSTEM, "commit" + FOLDERS, NOT_REMOVING, WHEN_FILES_ARE_THERE + 2);
    }

    private void settings() throws PackagingException {
        // A command line of setup is longer; the width binds the authors of tables, not Windows.
        actions.setType("Target", "S0");
        property(
                "SecureCustomProperties",
                "ALLOWSYSTEMVOLUME;FORCE;INSTALLDIR;REMOVEDATA;SAVEDINSTALLDIR;SAVEDSTATEDIR;STATEDIR;WIX_DOWNGRADE_DETECTED;WIX_UPGRADE_DETECTED");
        // All files are ours and of one version: an unchanged or newer one of the old version must not stand for that
        // of the new one,
        // because the old version is removed in between.
        property("REINSTALLMODE", "amus");
        // Setup stops the engine, after asking who uses its volumes; Windows must not stop it before.
        property("MSIRESTARTMANAGERCONTROL", "Disable");
        property("ARPNOMODIFY", "1");
    }

    private void set(String action, String property, String value) throws PackagingException {
        actions.put(action, "Type", Integer.toString(SET_PROPERTY), "Source", property, "Target", value);
    }

    private void start(String action, int type, String arguments, String condition, int sequence)
            throws PackagingException {
        actions.put(
                action,
                "Type",
                Integer.toString(type),
                "Source",
                WixSource.fileId("runtime/bin/javaw.exe"),
                "Target",
                JVM + " " + arguments);
        execute.put(action, "Condition", condition, "Sequence", Integer.toString(sequence));
    }

    private void property(String name, String value) throws PackagingException {
        properties.put(name, "Value", value);
    }
}
