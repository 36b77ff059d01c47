// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#define CONFORMANCE_GROUP "revert and robustness"

#include "rig.h"

namespace gnomon::conformance {
namespace {

constexpr double ANSWER_MILLIS = 2000;

/** Runs a call and expects its answer in time. */
HRESULT timed(const std::string& what, const std::function<HRESULT()>& call) {
  Stopwatch watch;
  HRESULT hr = call();
  expectWithin("milliseconds of " + what, 0.0, ANSWER_MILLIS, watch.millis());
  return hr;
}

void writeMuch(const Rig& rig, const Volume& volume, uint64_t number, uint32_t mebibytes) {
  Nbd connection = rig.openVolume(volume);
  std::vector<uint8_t> bytes;
  for (int i = 0; i < 256; i++) {
    std::vector<uint8_t> block = Nbd::block(number);
    bytes.insert(bytes.end(), block.begin(), block.end());
  }
  uint64_t room = connection.sizeBytes() / bytes.size();
  for (uint64_t i = 0; i < mebibytes && i < room; i++) connection.write(i * bytes.size(), bytes);
  connection.flush();
}

/** Waits until no revert of the volume goes on. */
void awaitRevert(const Provider& provider, const std::wstring& volume) {
  bool ended = eventually(30000, [&] {
    Com<IVssAsync> async;
    HRESULT hr = provider.revertStatus(volume, &async);
    expectHrOneOf("QueryRevertStatus", {S_OK, VSS_E_OBJECT_NOT_FOUND}, hr);
    if (hr == VSS_E_OBJECT_NOT_FOUND) {
      check("out pointer of QueryRevertStatus is NULL", !async);
      return true;
    }
    check("QueryRevertStatus gives an IVssAsync", static_cast<bool>(async));
    HRESULT status = E_FAIL;
    expectHr("IVssAsync::QueryStatus", S_OK, async->QueryStatus(&status, nullptr));
    expectHrOneOf("status of the revert", {VSS_S_ASYNC_PENDING, VSS_S_ASYNC_FINISHED}, status);
    expectHr("IVssAsync::Wait", S_OK, async->Wait(1000));
    return false;
  });
  check("the revert ends within 30 s", ended);
}

}  // namespace

ASSERTION(75, "revert, or that there is none") {
  Provider provider = rig.activate();
  Com<IVssAsync> async;
  HRESULT hr = provider.revertStatus(rig.V().guidPath, &async);
  check("out pointer of QueryRevertStatus is NULL", !async);
  if (hr == E_NOTIMPL) {
    expectHr("RevertToSnapshot", E_NOTIMPL, provider.revert(newId()));
    return;
  }
  expectHr("QueryRevertStatus without a revert", VSS_E_OBJECT_NOT_FOUND, hr);
  Set released = rig.create(provider, {&rig.V()}, VSS_CTX_BACKUP);
  expectHrOneOf("RevertToSnapshot of an auto-release snapshot", {VSS_E_UNSUPPORTED_CONTEXT, E_INVALIDARG},
                provider.revert(released.snapshots[0]));
  expectHr("RevertToSnapshot of GUID_NULL", E_INVALIDARG, provider.revert(GUID_NULL));
  if (!rig.hasOperator()) {
    leaveOpen("a revert that runs: no --operator");
    return;
  }
  writeMuch(rig, rig.V(), 1, 48);
  Set set = rig.create(provider, {&rig.V()}, VSS_CTX_APP_ROLLBACK);
  writeMuch(rig, rig.V(), 2, 48);
  rig.op().ask("revert.slow", {{"volume", rig.V().exportName}});
  expectHr("RevertToSnapshot", S_OK, provider.revert(set.snapshots[0]));
  HRESULT second = provider.revert(set.snapshots[0]);
  HRESULT status = provider.revertStatus(rig.V().guidPath, &async);
  bool given = static_cast<bool>(async);
  rig.op().ask("revert.fast", {{"volume", rig.V().exportName}});
  expectHr("RevertToSnapshot while it runs", VSS_E_REVERT_IN_PROGRESS, second);
  expectHr("QueryRevertStatus while it runs", S_OK, status);
  check("QueryRevertStatus gives an IVssAsync", given);
  if (given) {
    HRESULT cancelled = async->Cancel();
    expectHrOneOf("IVssAsync::Cancel of a revert", {VSS_E_UNEXPECTED, VSS_S_ASYNC_FINISHED}, cancelled);
  }
  awaitRevert(provider, rig.V().guidPath);
  expectEqual("what the volume shows after the revert", uint64_t{1}, rig.openVolume(rig.V()).readNumber(1 << 20));
}

namespace {

/** Everything that a host may call, of an engine that is not there. Contract 2.8. */
void expectTableWithoutEngine(Rig& rig, const Provider& provider) {
  BOOL flag = TRUE;
  LONG number = 1;
  VSS_ID id = {};
  Props props;
  Com<IVssEnumObject> enumerator;
  Com<IVssAsync> async;
  auto expect = [&](const std::string& call, HRESULT expected, const std::function<HRESULT()>& make) {
    expectHr(call + " without the engine", expected, timed(call, make));
  };
  const std::wstring& volume = rig.V().guidPath;
  expect("OnLoad", S_OK, [&] { return provider.load(); });
  expect("OnUnload(FALSE)", S_OK, [&] { return provider.unload(false); });
  expect("OnUnload(TRUE)", S_OK, [&] { return provider.unload(true); });
  expect("SetContext", S_OK, [&] { return provider.setContext(VSS_CTX_APP_ROLLBACK); });
  expect("AbortSnapshots", S_OK, [&] { return provider.abort(newId()); });
  expect("IsVolumeSupported", S_OK, [&] { return provider.supported(volume, &flag); });
  check("no volume is supported without the engine", flag == FALSE);
  flag = TRUE;
  expect("IsVolumeSnapshotted", S_OK, [&] { return provider.snapshotted(volume, &flag, &number); });
  check("no volume has snapshots without the engine", flag == FALSE && number == 0);
  expect("Query", S_OK, [&] { return provider.query(GUID_NULL, VSS_OBJECT_NONE, VSS_OBJECT_SNAPSHOT, &enumerator); });
  check("an empty enumerator without the engine", provider.list().empty());
  expect("GetSnapshotProperties", VSS_E_OBJECT_NOT_FOUND, [&] { return provider.properties(newId(), &props); });
  expect("DeleteSnapshots", VSS_E_OBJECT_NOT_FOUND, [&] { return provider.remove(newId(), VSS_OBJECT_SNAPSHOT, false, &number, &id); });
  expect("SetSnapshotProperty", VSS_E_OBJECT_NOT_FOUND,
         [&] { return provider.setProperty(newId(), VSS_SPROPID_EXPOSED_NAME, VARIANT{}); });
  expect("BeginPrepareSnapshot", VSS_E_PROVIDER_VETO, [&] { return provider.begin(newId(), newId(), volume, 0); });
  expect("EndPrepareSnapshots", VSS_E_PROVIDER_VETO, [&] { return provider.end(newId()); });
  expect("PreCommitSnapshots", VSS_E_PROVIDER_VETO, [&] { return provider.preCommit(newId()); });
  expect("CommitSnapshots", VSS_E_PROVIDER_VETO, [&] { return provider.commit(newId()); });
  expect("PostCommitSnapshots", VSS_E_PROVIDER_VETO, [&] { return provider.postCommit(newId(), 1); });
  expect("PreFinalCommitSnapshots", VSS_E_PROVIDER_VETO, [&] { return provider.preFinal(newId()); });
  expect("PostFinalCommitSnapshots", VSS_E_PROVIDER_VETO, [&] { return provider.postFinal(newId()); });
  HRESULT revert = timed("RevertToSnapshot", [&] { return provider.revert(newId()); });
  expectHrOneOf("RevertToSnapshot without the engine", {E_NOTIMPL, VSS_E_PROVIDER_VETO}, revert);
  expect("QueryRevertStatus", revert, [&] { return provider.revertStatus(volume, &async); });
}

}  // namespace

ASSERTION(76, "an engine that is not there costs nobody else their backup") {
  Provider before = rig.activate();
  before.list();
  rig.op().ask("engine.stop");
  expectTableWithoutEngine(rig, before);
  expectTableWithoutEngine(rig, rig.activate());
  rig.startEngine();
  rig.op().ask("engine.suspend");
  Provider asked = rig.activate();
  Stopwatch watch;
  for (int i = 0; i < 40; i++) {
    BOOL supported = TRUE;
    HRESULT hr = asked.supported(rig.V().guidPath, &supported);
    if (hr != S_OK || supported != FALSE) {
      rig.resumeEngine();
      expectHr("IsVolumeSupported while the engine hangs", S_OK, hr);
      check("no volume is supported while the engine hangs", supported == FALSE);
    }
  }
  double millis = watch.millis();
  rig.resumeEngine();
  expectWithin("milliseconds of 40 questions to an engine that hangs", 0.0, 4000.0, millis);
}

ASSERTION(77, "a set does not outlive a restart of the engine") {
  Provider provider = rig.activate();
  Set set = rig.begin(provider, {&rig.V()});
  rig.op().ask("engine.stop");
  rig.startEngine();
  expectHrOneOf("EndPrepareSnapshots after a restart", {VSS_E_OBJECT_NOT_FOUND, VSS_E_PROVIDER_VETO}, provider.end(set.id));
  rig.expectGone(provider, set);
}

ASSERTION(78, "a set of 64 volumes is committed within a second") {
  constexpr size_t MOST = 64;
  if (rig.many().size() < MOST) throw NotVerifiable{"needs 64 volumes"};
  std::vector<const Volume*> volumes;
  for (size_t i = 0; i < MOST; i++) volumes.push_back(&rig.many()[i]);
  Provider provider = rig.activate();
  std::vector<double> millis;
  for (int i = 0; i < 20; i++) {
    Set set = rig.reach(provider, volumes, Step::PRECOMMITTED, VSS_VOLSNAP_ATTR_NO_AUTORECOVERY);
    Stopwatch watch;
    HRESULT hr = provider.commit(set.id);
    millis.push_back(watch.millis());
    expectHr("CommitSnapshots of 64 volumes", S_OK, hr);
    set.step = Step::COMMITTED;
    rig.advance(provider, set, Step::POSTCOMMITTED);
    LONG deleted = 0;
    VSS_ID nondeleted = {};
    expectHr("DeleteSnapshots of 64", S_OK, provider.remove(set.id, VSS_OBJECT_SNAPSHOT_SET, false, &deleted, &nondeleted));
    expectEqual("*plDeletedSnapshots", 64L, static_cast<long>(deleted));
  }
  expectWithin("milliseconds of CommitSnapshots of 64 volumes, median of 20", 0.0, 1000.0, median(millis));
}

ASSERTION(80, "each veto has its event, after the thaw") {
  Provider provider = rig.activate();
  auto events = [&] { return Operator::number(rig.op().ask("events"), "count"); };
  auto expectMore = [&](const std::string& when, int64_t from) {
    if (!eventually(3000, [&] { return events() > from; })) fail("events " + when, "more than " + std::to_string(from), std::to_string(events()));
  };
  int64_t first = events();
  expectHr("PreFinalCommitSnapshots of an unknown set", VSS_E_PROVIDER_VETO, provider.preFinal(newId()));
  expectMore("after a veto outside of any set", first);

  Set set = rig.reach(provider, {&rig.V()}, Step::PRECOMMITTED);
  int64_t frozen = events();
  expectHr("PreFinalCommitSnapshots of an unknown set", VSS_E_PROVIDER_VETO, provider.preFinal(newId()));
  rig.advance(provider, set, Step::COMMITTED);
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  expectEqual("events between PreCommit and PostCommit", frozen, events());
  rig.advance(provider, set, Step::POSTCOMMITTED);
  expectMore("after PostCommit", frozen);
  rig.advance(provider, set, Step::CREATED);

  Set vetoed = rig.reach(provider, {&rig.V()}, Step::PRECOMMITTED);
  frozen = events();
  expectHr("EndPrepareSnapshots after PreCommitSnapshots", VSS_E_PROVIDER_VETO, provider.end(vetoed.id));
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  expectEqual("events between the veto and AbortSnapshots", frozen, events());
  expectHr("AbortSnapshots", S_OK, provider.abort(vetoed.id));
  expectMore("after AbortSnapshots", frozen);
}

ASSERTION(81, "a new start of the system takes what was not persistent") {
  Provider provider = rig.activate();
  std::vector<VSS_ID> gone, kept;
  std::vector<std::string> texts;
  for (LONG context : {0x0L, 0x10L}) gone.push_back(rig.create(provider, {&rig.V()}, context).snapshots[0]);
  for (LONG context : {0x9L, 0x19L}) kept.push_back(rig.create(provider, {&rig.V(), &rig.W()}, context).snapshots[0]);
  auto properties = [&](const Provider& asked, const VSS_ID& snapshot) {
    Props props;
    expectHr("GetSnapshotProperties", S_OK, asked.properties(snapshot, &props));
    return props.text(false);
  };
  for (const VSS_ID& snapshot : kept) texts.push_back(properties(provider, snapshot));
  rig.op().ask("engine.stop");
  rig.startEngine();
  Provider restarted = rig.activate();
  for (const VSS_ID& snapshot : gone) check("a restart of the engine alone keeps what is not persistent", rig.exists(restarted, snapshot));
  rig.op().ask("engine.stop");
  rig.startEngine({{"boot", "new"}});
  Provider later = rig.activate();
  for (const VSS_ID& snapshot : gone) check("what is not persistent is gone", !rig.exists(later, snapshot));
  for (size_t i = 0; i < kept.size(); i++) expectEqual("properties of a persistent snapshot", texts[i], properties(later, kept[i]));
}

}  // namespace gnomon::conformance
