"""Tests of experiment files: shipped files load, written files read back, and errors name their location."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from recsys.errors import InputError, NotFoundError, RecsysError
from recsys.experiment import Experiment, experiment_from, load_experiment
from recsys.models.parameters import parameters_of
from recsys.models.settings import ModelSettings
from recsys.spaces.space import Space
from recsys.workflows.search.prepare import effective_experiment

ROOT = Path(__file__).parent.parent
EXPERIMENTS = sorted(ROOT.glob("experiments/*.toml"))
SPACES = sorted(ROOT.glob("search_spaces/*.toml"))
TRY = """\
[data]
source = "synthetic"
[model]
kind = "mf"
[space]
dropout = { type = "float", low = 0.0, high = 0.5 }
loss = { type = "choice", values = ["huber", "log_cosh"] }
[study]
try = """
WHEN = """\
[data]
source = "synthetic"
[model]
kind = "mf"
[objective]
metric = "ndcg"
[space]
loss = { type = "choice", values = ["softmax", "logistic"] }
unobserved_weight = { type = "float", low = 0.01, high = 1.0, when = """
KINDS_SEARCHED = "[data]\nsource = 'synthetic'\n[space.kind]\ntype = 'choice'\nvalues = ['mf', 'mlp']\n"
SMALL = '[data]\nsource = "synthetic"\n[model]\nkind = "mf"\n'


def read_back(experiment: Experiment) -> Experiment:
    document = tomllib.loads(experiment.to_toml())
    return experiment_from(document, source="again", folder=experiment.folder, name=experiment.name)


def written(folder: Path, text: str, name: str = "mine.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


class TestWhatShips:
    def test_the_promised_files_are_there(self) -> None:
        models = {"mf", "nnmf", "mlp"}
        lists = {f"{model}_top_n" for model in (*models, "als", "ease", "item_knn")}
        next_items = {f"next_{model}" for model in ("sequential_mf", "sasrec", "ease", "item_knn")}
        kinds = {"kinds", "kinds_top_n", "next_kinds"}
        features = {"mf_features", "cold_items", "bayesian_mf_features"}
        assert {path.stem for path in SPACES} == models | lists | next_items | kinds | features | {
            "bayesian_mf",
            "losses_top_n",
        }
        references = {f"reference_{model}" for model in models}
        assert {path.stem for path in EXPERIMENTS} >= models | lists | next_items | kinds | features | references | {
            "bayesian_mf",
            "smoke",
            "events_top_n",
        }

    @pytest.mark.parametrize("path", EXPERIMENTS, ids=lambda path: path.stem)
    def test_every_experiment_loads_and_its_effective_form_is_the_same_experiment(self, path: Path) -> None:
        experiment = load_experiment(path)
        assert experiment.name == path.stem
        assert experiment.folder == path.parent.resolve()
        again = read_back(experiment)
        assert again.model_dump() == experiment.model_dump()
        assert again.to_toml() == experiment.to_toml()

    @pytest.mark.parametrize("path", EXPERIMENTS, ids=lambda path: path.stem)
    def test_every_default_point_is_near_its_space(self, path: Path) -> None:
        experiment = load_experiment(path)
        space = experiment.search_space
        assert space.admits(space.nearest(experiment.default_point))

    @pytest.mark.parametrize("path", [path for path in SPACES if "kinds" not in path.stem], ids=lambda path: path.stem)
    def test_every_space_searches_what_its_model_has(self, path: Path) -> None:
        space = tomllib.loads(path.read_text(encoding="utf-8"))
        model = path.stem.removesuffix("_top_n").removesuffix("_features").removeprefix("next_")
        of_mf = ("als", "losses", "cold_items")
        known = parameters_of(ModelSettings.model_validate({"kind": "mf" if model in of_mf else model}))
        assert known is not None
        assert set(space) <= set(known)
        if "embedding_size" in known and not path.stem.startswith("next_"):
            assert any("embedding_size" in name for name in space)


class TestUnknownKeys:
    @pytest.mark.parametrize(
        ("text", "message"),
        [
            (
                "[data]\nsource = 'x.csv'\nsorce = 1\n[model]\nkind = 'mf'",
                "data.sorce: unknown key; did you mean source?",
            ),
            (SMALL + "[study]\ntrails = 3", "study.trails: unknown key; did you mean trials?"),
            (SMALL + "[split.validation]\nsiez = 0.1", "split.validation.siez: unknown key; did you mean size?"),
            (
                SMALL + "[data.titles]\npath = 'x.csv'\ntitel = 'x'",
                "data.titles.titel: unknown key; did you mean title?",
            ),
            (SMALL + "[xyz]\na = 1", "xyz: unknown key; known keys: data, model, split"),
            (
                SMALL + "[space.dropout]\ntype = 'float'\nlow = 0.0\nhgih = 0.5\nhigh = 1.0",
                "space.dropout.hgih: unknown key; did you mean high?",
            ),
            (
                SMALL + "[space.dropout]\ntype = 'float'\nlow = 0.0\nhigh = 0.5\nwhne = { loss = 'bpr' }",
                "space.dropout.whne: unknown key; did you mean when?",
            ),
            (
                SMALL + "[space.dropout]\ntype = 'choice'\nvalues = [0.0]\nlowest = 1",
                "space.dropout.lowest: unknown key; known keys: type, values, when",
            ),
        ],
    )
    def test_file_key_and_what_would_be_right_are_named(self, text: str, message: str, tmp_path: Path) -> None:
        path = written(tmp_path, text)
        with pytest.raises(InputError) as failure:
            load_experiment(path)
        assert str(failure.value).startswith(f"{path}: {message}")


class TestWrongValues:
    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("[model]\nkind = 'mf'", "data: missing"),
            (
                "[data]\nsource = 'synthetic'\n[model]\nkind = 'svd'",
                (
                    "model.kind: Input should be 'mf', 'nnmf', 'mlp', 'bayesian_mf', 'sequential_mf', 'sasrec', "
                    "'ease' or 'item_knn'"
                ),
            ),
            (
                "[data]\nsource = 'synthetic'\n[model]",
                (
                    "model.kind: expected 'mf' | 'nnmf' | 'mlp' | 'bayesian_mf' | 'sequential_mf' | 'sasrec' | "
                    "'ease' | 'item_knn', or factory = 'package.module:function', or a space that searches it: "
                    "kind = { type = 'choice', values = [...] }"
                ),
            ),
            (
                "[data]\nsource = 'synthetic'\n[model]\nkind = 'mf'\nfactory = 'a:b'",
                (
                    "model: give either kind = 'mf' | 'nnmf' | 'mlp' | 'bayesian_mf' | 'sequential_mf' | 'sasrec' | "
                    "'ease' | 'item_knn' or factory = 'package.module:function', not both"
                ),
            ),
            (
                SMALL + "[space.kind]\ntype = 'choice'\nvalues = ['mf', 'mlp']",
                "space.kind: model.kind = 'mf' fixes it; leave one of them out",
            ),
            (KINDS_SEARCHED + "[point]\nkind = 'mf'", "point.kind: [model] names the kind, or [space] searches it"),
            (
                "[data]\nsource = 'synthetic'\n[space.kind]\ntype = 'choice'\nvalues = ['mf', 'svd']",
                "space.kind: expected one of mf, nnmf",
            ),
            (
                KINDS_SEARCHED + "[space.hidden_units]\ntype = 'choice'\nvalues = [[8]]",
                "space.hidden_units: mf has no such parameter; give it when = { kind = ['mlp'] }",
            ),
            (
                KINDS_SEARCHED + "[space.ease]\nl2 = { type = 'float', low = 1, high = 9 }",
                "space: ease.l2.when.kind: 'ease' is not one of 'mf', 'mlp'",
            ),
            (
                KINDS_SEARCHED + "[space.mf]\nhidden_units = { type = 'choice', values = [[8]] }",
                "space.mf.hidden_units: mf has no such parameter; mlp has it",
            ),
            (
                KINDS_SEARCHED + "[point]\nneighbours = 3",
                "point.neighbours: mf and mlp have no such parameter; they have embedding_size",
            ),
            (
                KINDS_SEARCHED + "[space.mf]\nl2 = { type = 'float', low = -1.0, high = 9 }",
                "space.mf.l2: expected a number of at least 0, not -1.0",
            ),
            (SMALL + "[study]\ntrials = 0", "study.trials: Input should be greater than or equal to 1, not 0"),
            (SMALL + "[study]\ntrials = '8'", "study.trials: Input should be a valid integer, not '8'"),
            (SMALL + "[split]\nsize = 1.0", "split.size: Input should be less than 1, not 1.0"),
            (SMALL + "[objective]\nmetric = 'rsme'", "objective.metric: "),
            (
                SMALL + "[data.synthetic]\nusers = 3\nitems = 3",
                "data: synthetic.ratings 5000 are more than the 9 pairs",
            ),
            (
                SMALL + "[point]\nhidden_units = [8]",
                "point.hidden_units: mf has no such parameter; it has embedding_size",
            ),
            (
                SMALL + "[space.width]\ntype = 'int'\nlow = 1\nhigh = 2",
                "space.width: mf has no such parameter; it has embedding_size",
            ),
            (
                SMALL + "[space.dropout]\ntype = 'float'\nlow = 0.5\nhigh = 0.1",
                "space.dropout: low 0.5 is above high 0.1",
            ),
            (
                SMALL + "[space.l2]\ntype = 'float'\nlow = 0.0\nhigh = 0.1\nscale = 'log'",
                "space.l2: scale = 'log' needs low above 0, not 0.0",
            ),
            (TRY + "[{ dropout = 0.7 }]", "study.try[0].dropout: 0.7 is not in the space: from 0.0 to 0.5"),
            (TRY + "[{ dropout = 0.2, l2 = 1.0 }]", "study.try[0].l2: 1.0 is not searched: it is 0.05 here"),
            (WHEN + "{ loss = 'softmx' } }", "space: unobserved_weight.when.loss: 'softmx' is not one of 'softmax'"),
            (WHEN + "{ lss = 'softmax' } }", "space.unobserved_weight.when.lss: no parameter of that name"),
            (WHEN + "{ loss = 'softmax' } }", "space.unobserved_weight: does nothing in 'softmax'; it applies to"),
            (
                WHEN + "{ loss = 'logistic' } }\n[study]\ntry = [{ loss = 'softmax', unobserved_weight = 0.1 }]",
                "study.try[0].unobserved_weight: is active only if loss = 'logistic'",
            ),
            (
                SMALL + "[study]\nsampler = 'tpr'",
                "study.sampler: Input should be 'tpe', 'random', 'grid', 'gp', 'cmaes',",
            ),
            (
                SMALL + "[study]\nsampler_arguments = { n_startup_trials = 3 }",
                "study: sampler_arguments does nothing here: tpe is made as the suite makes it",
            ),
            (
                SMALL + "[study]\nsampler = 'optuna.samplers:TPESampler'\nsampler_arguments = { seed = 3 }",
                "study: sampler_arguments.seed: every proposal has its own",
            ),
            (
                TRY + "[{ width = 3 }]",
                "study.try[0].width: no such parameter; the searched parameters are dropout, loss",
            ),
            (TRY + "[{ dropout = 0.1 }, { dropout = 0.1 }]", "study.try[1]: repeats study.try[0]"),
            (TRY + "[{ l2 = 0.05 }]", "study.try[0]: has none of the searched parameters: dropout, loss"),
            (TRY + "[{ dropout = 0.1 }]\nsampler = 'grid'", "study.try[0]: lacks loss, and optuna's grid proposes"),
            (TRY + "[{ dropout = 0.1 }, { dropout = 0.2 }]\ntrials = 1", "study.try: 2 points, which are more than"),
            ("data = 3\nmodel = 4", "data: "),
            ("kind = ", "not valid TOML"),
        ],
    )
    def test_file_key_value_and_what_would_be_right_are_named(self, text: str, message: str, tmp_path: Path) -> None:
        path = written(tmp_path, text)
        with pytest.raises(InputError) as failure:
            load_experiment(path)
        assert str(failure.value).startswith(f"{path}: {message}")

    def test_a_file_that_is_not_there_suggests_its_neighbour(self, tmp_path: Path) -> None:
        written(tmp_path, SMALL, "films.toml")
        with pytest.raises(NotFoundError, match=r"flims\.toml: no such file; did you mean .*films\.toml\?"):
            load_experiment(tmp_path / "flims.toml")

    def test_a_byte_order_mark_is_no_part_of_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "mine.toml").write_text(SMALL, encoding="utf-8-sig")
        other = load_experiment(written(tmp_path, SMALL, "other.toml"))
        assert load_experiment(tmp_path / "mine.toml").to_toml() == other.to_toml()

    def test_a_file_that_is_no_text_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
        with pytest.raises(InputError, match=r"bytes\.toml: is not in UTF-8, in which TOML is written"):
            load_experiment(tmp_path / "bytes.toml")
        with pytest.raises(InputError, match="cannot be read"):
            load_experiment(tmp_path)

    def test_a_wrong_key_of_a_separate_space_file_is_told_of_that_file(self, tmp_path: Path) -> None:
        written(tmp_path, "dropout = { type = 'float', low = 0.1, high = 0.5, sclae = 'log' }", "wide.toml")
        path = written(tmp_path, 'space = "wide.toml"\n' + SMALL)
        with pytest.raises(InputError, match=r"wide\.toml: dropout\.sclae: unknown key; did you mean scale\?"):
            load_experiment(path)
        with pytest.raises(NotFoundError, match=r"none\.toml: no such file"):
            load_experiment(path, {"space": "none.toml"})

    @pytest.mark.parametrize("text", ["key = 's3cret'", "[a]\npassword = 's3cret'", "[s3cret]\ntype = 's3cret'"])
    def test_a_file_that_is_no_space_is_refused_without_a_word_of_it(self, text: str, tmp_path: Path) -> None:
        written(tmp_path, text, "private.toml")
        with pytest.raises(InputError, match=r"private\.toml: no search space") as caught:
            load_experiment(written(tmp_path, 'space = "private.toml"\n' + SMALL))
        assert "s3cret" not in str(caught.value)


class TestOverrides:
    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        return written(tmp_path, SMALL + "[study]\ntrials = 3")

    def test_they_replace_the_files_values(self, path: Path) -> None:
        words = ["study.trials=8", "split.validation.kind=temporal", "objective.clip=false", "point.l2 = 1e-3"]
        experiment = load_experiment(path, words)
        assert (experiment.study.trials, experiment.objective.clip) == (8, False)
        assert (experiment.split.validation.kind, experiment.point) == ("temporal", {"l2": 1e-3})
        assert load_experiment(path, {"study.trials": 8}).study.trials == 8
        assert load_experiment(path).replaced(words).model_dump() == experiment.model_dump()

    def test_a_changed_experiment_is_another_one(self, path: Path) -> None:
        space = {"l2": {"type": "float", "low": 0.01, "high": 1.0}}
        experiment = load_experiment(path, {"space": space, "study.try": [{"l2": 0.1}], "study.trials": 3})
        before = experiment.to_toml()
        document = experiment.document
        document["study"]["try"][0]["l2"] = 0.5
        document["space"]["l2"]["high"] = 2.0
        changed = experiment.replaced({"data.synthetic.users": 77, "study.trials": 9})
        assert (changed.data.synthetic.users, changed.study.trials) == (77, 9)
        assert (changed.name, changed.folder) == (experiment.name, experiment.folder)
        assert experiment.to_toml() == before

    def test_a_wrong_change_names_the_experiment_and_the_key(self, path: Path) -> None:
        with pytest.raises(InputError, match=r"mine: study\.trials: .*greater than or equal to 1, not 0"):
            load_experiment(path).replaced({"study.trials": 0})
        with pytest.raises(InputError, match=r"--set study\.trials\.most: trials is not a section"):
            load_experiment(path).replaced({"study.trials.most": 1})

    @pytest.mark.parametrize("form", ["study.trials=3", ["study.trials=3"], {"study.trials": 3}])
    def test_they_come_as_text_as_a_list_or_as_a_mapping(self, path: Path, form: Any) -> None:
        assert load_experiment(path, form).study.trials == 3
        assert effective_experiment(path, overrides=form).study.trials == 3
        assert load_experiment(path).replaced(form).study.trials == 3
        assert effective_experiment(path, trials=5, overrides=form).study.trials == 5

    def test_they_reach_into_a_space_of_a_file_of_its_own(self) -> None:
        path = ROOT / "experiments" / "mf.toml"
        plain, wider = load_experiment(path), load_experiment(path, ["space.embedding_size.high=96"])
        assert wider.space["embedding_size"].model_dump() == {**plain.space["embedding_size"].model_dump(), "high": 96}
        assert [*wider.space] == [*plain.space]

    def test_a_word_needs_no_quotes_and_may_have_them(self, path: Path) -> None:
        for value in ("random", '"random"', "'random'"):
            assert load_experiment(path, [f"study.sampler={value}"]).study.sampler == "random"

    @pytest.mark.parametrize(
        ("override", "message"),
        [
            ("study.trials", "expected section.key=value"),
            ("=3", "expected section.key=value"),
            ("study.trials=many", "study.trials: Input should be a valid integer, not 'many'"),
            ("study.trails=3", "study.trails: unknown key; did you mean trials?"),
            ("data.source.x=3", "source is not a section"),
            ("point.hidden_units=[8]", "point.hidden_units: mf has no such parameter"),
            ("space=none.toml", "no such file"),
        ],
    )
    def test_a_wrong_one_is_named(self, path: Path, override: str, message: str) -> None:
        with pytest.raises(InputError) as failure:
            load_experiment(path, [override])
        assert message in str(failure.value)


class TestPoints:
    def test_what_a_point_fixes_is_not_searched(self, tmp_path: Path) -> None:
        space = (
            "[space]\nl2 = {type = 'float', low = 0.0, high = 1.0}\ndropout = {type = 'float', low = 0.0, high = 0.5}"
        )
        experiment = load_experiment(written(tmp_path, SMALL + "[point]\nl2 = 0.25\n" + space))
        assert list(experiment.search_space) == ["dropout"]
        assert experiment.default_point["l2"] == 0.25

    def test_a_factory_of_ones_own_takes_any_parameter(self, tmp_path: Path) -> None:
        text = '[data]\nsource = "synthetic"\n[model]\nfactory = "mine:build"\n'
        text += "[space.depth]\ntype = 'int'\nlow = 1\nhigh = 5"
        assert load_experiment(written(tmp_path, text)).default_point["depth"] == 3


def test_an_anchored_experiment_finds_its_files_from_anywhere(tmp_path: Path) -> None:
    text = "[data]\nsource = 'r.csv'\n[data.titles]\npath = 't.csv'\n[model]\nkind = 'mf'"
    anchored = load_experiment(written(tmp_path, text)).anchored
    assert anchored.data.source == str(tmp_path / "r.csv")
    assert anchored.data.titles is not None
    assert anchored.data.titles.path == str(tmp_path / "t.csv")
    assert load_experiment(written(tmp_path, SMALL)).anchored.data.source == "synthetic"


def test_every_error_of_a_file_is_meant_for_its_user_and_ends_with_code_2() -> None:
    assert issubclass(InputError, RecsysError)
    assert InputError.exit_code == NotFoundError.exit_code == 2


class TestSettingsThatDoNothing:
    """A setting that its section's other settings leave without effect is refused, not ignored."""

    @pytest.mark.parametrize(
        ("overrides", "message"),
        [
            ({"data.source": "ml-1m", "data.columns.user": "uid"}, r"data: columns does nothing here: .*'ml-1m'"),
            ({"data.source": "ml-100k", "data.titles.path": "t.csv"}, "data: titles does nothing here"),
            ({"data.scale": [1.0, 10.0]}, "data: scale does nothing here: synthetic"),
            ({"data.duplicates": "mean"}, "data: duplicates does nothing here: synthetic"),
            ({"data.source": "r.csv", "data.synthetic.seed": 9}, "data: synthetic does nothing here: .*'r.csv'"),
            ({"split.kind": "leave_last", "split.size": 0.3}, "split: size does nothing here: a test part of kind"),
            ({"split.validation.last": 2}, "split: last does nothing here: a validation part of kind 'random'"),
            ({"objective.metrics": ["ndcg"]}, "ndcg is a single objective"),
            ({"objective.metrics": ["ndcg", "ndcg"]}, "one objective is named twice"),
            ({"objective.metrics": ["ndcg", "speed"]}, "no objective is called 'speed'; there are rmse, .*parameters"),
            ({"objective.metrics": ["seconds", "ndcg"]}, "seconds cannot lead: name a metric before it"),
            ({"objective.metrics": ["ndcg", "rmse"]}, "a rating metric follows a list metric"),
            (
                {"objective.metrics": ["ndcg", "coverage"], "objective.metric": "rmse"},
                "metric is 'rmse', and metrics begins with 'ndcg': leave metric out",
            ),
            ({"study.pruner": "dominated"}, "study.pruner: 'dominated' is for several objectives"),
            *(
                ({"objective.metrics": ["ndcg", "coverage"], **more}, message)
                for more, message in (
                    (
                        {"study.engine": "keras_tuner", "study.sampler": "random"},
                        "objective.metrics: KerasTuner searches for one",
                    ),
                    ({"study.sampler": "cmaes"}, "cmaes searches for one objective; expected study.sampler = tpe, "),
                    ({"study.pruner": "median"}, "'median' knows one objective; with objective.metrics expected"),
                    ({"study.target": 0.4}, "study.target: none of several objectives is enough alone"),
                    ({"study.stop_when_flat": 0.1}, "study.stop_when_flat: none of several objectives"),
                    ({"study.learn_from": ["mf"]}, "study.learn_from: a sweep for several objectives cannot"),
                )
            ),
            (
                {"objective.metrics": ["ndcg", "seconds"], "study.pruner": "dominated"},
                "'dominated' looks at every epoch, after which seconds is not known",
            ),
            ({"model.hidden_activations": "tanh"}, "model: hidden_activations does nothing here: mf"),
            (
                {"data.feedback": "implicit"},
                r"objective\.metric: 'rmse' is of ratings, and implicit data have none: expected 'ndcg'",
            ),
            (
                {"data.feedback": "implicit", "objective.metric": "ndcg", "objective.threshold": 3.0},
                "threshold does nothing here: every pair of implicit data is relevant",
            ),
            (
                {"data.positive_from": 3.5, "objective.threshold": 3.0},
                r"threshold does nothing here: data\.positive_from says it",
            ),
            ({"split.kind": "fold"}, r"split\.kind: 'fold' is one of the official folds of ml-100k.*'synthetic'"),
        ],
    )
    def test_it_is_named_with_the_reason(self, overrides: dict[str, object], message: str, tmp_path: Path) -> None:
        with pytest.raises(InputError, match=message):
            load_experiment(written(tmp_path, SMALL), overrides)

    def test_what_has_an_effect_is_taken_and_defaults_may_be_spelled_out(self, tmp_path: Path) -> None:
        path = written(tmp_path, SMALL)
        assert load_experiment(path, {"data.source": "ml-1m", "data.duplicates": "mean"}).data.duplicates == "mean"
        assert load_experiment(path, {"data.positive_from": 3.0, "objective.threshold": 3.0}).data.positive_from == 3
        assert load_experiment(path, {"data.source": "ml-100k", "split.kind": "fold", "split.fold": 2}).split.fold == 2
        assert read_back(load_experiment(path, {"split.kind": "leave_last"})).split.last == 1


class TestSchema:
    @pytest.mark.parametrize("path", [*EXPERIMENTS, ROOT / "docs/own_factory/two_towers.toml"], ids=lambda p: p.stem)
    def test_every_experiment_that_ships_is_valid(self, path: Path) -> None:
        jsonschema.validate(tomllib.loads(path.read_text(encoding="utf-8")), Experiment.model_json_schema())

    @pytest.mark.parametrize("path", SPACES, ids=lambda path: path.stem)
    def test_every_space_that_ships_is_valid(self, path: Path) -> None:
        jsonschema.validate(tomllib.loads(path.read_text(encoding="utf-8")), Space.model_json_schema())

    def test_what_is_wrong_is_not(self) -> None:
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**tomllib.loads(SMALL), "space": 3}, Experiment.model_json_schema())


class TestConditions:
    """What hangs on other values: as if it stood nowhere, where they are others."""

    def test_a_point_has_what_has_a_say_in_it(self, tmp_path: Path) -> None:
        experiment = load_experiment(written(tmp_path, WHEN + "{ loss = 'logistic' } }"))
        chosen = experiment.points.whole({"loss": "logistic", "unobserved_weight": 0.3})
        assert chosen["unobserved_weight"] == 0.3
        assert "unobserved_weight" not in experiment.points.whole({"loss": "softmax"})
        assert experiment.points.whole({"loss": "softmax"})["learning_rate"] == 0.01

    def test_the_default_holds_where_a_parameter_is_not_searched_but_has_a_say(self, tmp_path: Path) -> None:
        text = TRY + "[]\n[space.l2]\ntype = 'float'\nlow = 1.0\nhigh = 2.0\nwhen = { loss = 'huber' }"
        experiment = load_experiment(written(tmp_path, text))
        assert experiment.points.whole({"dropout": 0.1, "loss": "huber", "l2": 1.5})["l2"] == 1.5
        assert experiment.points.whole({"dropout": 0.1, "loss": "log_cosh"})["l2"] == 0.05

    def test_a_known_point_is_whole_without_what_has_no_say_in_it(self, tmp_path: Path) -> None:
        text = WHEN + "{ loss = 'logistic' } }\n[study]\nsampler = 'grid'\ntry = [{ loss = '%s' }]"
        assert load_experiment(written(tmp_path, text % "softmax")).known_points == [{"loss": "softmax"}]
        with pytest.raises(InputError, match=r"study\.try\[0\]: lacks unobserved_weight"):
            load_experiment(written(tmp_path, text % "logistic"))

    def test_a_fixed_value_decides(self, tmp_path: Path) -> None:
        path = written(tmp_path, WHEN + "{ loss = 'logistic' } }")
        assert list(load_experiment(path, {"point.loss": "logistic"}).search_space) == ["unobserved_weight"]
        assert list(load_experiment(path, {"point.loss": "softmax"}).search_space) == []
        assert read_back(load_experiment(path)).search_space == load_experiment(path).search_space

    def test_what_does_not_go_together_can_be_kept_apart(self, tmp_path: Path) -> None:
        text = (
            WHEN + "{ loss = 'weighted_squared' } }\n"
            "solver = { type = 'choice', values = ['adam', 'als'] %s }\n"
            "learning_rate = { type = 'float', low = 0.01, high = 0.1, when = { solver = 'adam' } }"
        ).replace("logistic", "weighted_squared")
        with pytest.raises(InputError, match=r"space\.solver: 'als' solves squared losses"):
            load_experiment(written(tmp_path, text % ""))
        experiment = load_experiment(written(tmp_path, text % ", when = { loss = 'weighted_squared' }"))
        solved = experiment.points.whole({"loss": "weighted_squared", "unobserved_weight": 0.3, "solver": "als"})
        assert "learning_rate" not in solved
        assert experiment.points.whole({"loss": "softmax"})["learning_rate"] == 0.01
