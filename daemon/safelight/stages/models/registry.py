"""The optional models there are. The only list: a model is added here, with digests that somebody checked.

The digests of `yolox_nano` and `face-rfb-320` are those of files that were run here. Those of the hub repositories are
what several independent projects recorded for the same commit; they were not downloaded here, and `fetch` compares them.
"""

from __future__ import annotations

from safelight.stages.models.entries import Entry, File, Hub, table

_RAW = "https://raw.githubusercontent.com"

YOLOX = Entry(
    name="yolox_nano",
    use=(
        "finds cars, people and 78 other kinds of things as boxes; look counts with it",
        "trouve voitures, personnes et 78 autres sortes d'objets sous forme de cadres ; l'examen des photos compte avec lui",
    ),
    licence=("Apache-2.0 (YOLOX by Megvii)", "Apache-2.0 (YOLOX de Megvii)"),
    home="https://github.com/Kazuhito00/YOLOX-ONNX-TFLite-Sample",
    files=(
        File(
            "yolox_nano.onnx",
            3660092,
            "695e750a5d5754bb5a8d5325643b59282191a7e7a564e435a415fd3c578eab14",
            f"{_RAW}/Kazuhito00/YOLOX-ONNX-TFLite-Sample/3d4f1119d0694200671c08069ecb847aa0d8495a/model/yolox_nano.onnx",
        ),
    ),
    check="safelight.stages.networks.detectors.yolox:selftest",
)

FACES = Entry(
    name="face-rfb-320",
    use=(
        "finds faces, also turned away or under a cap; takes the place of the built-in finder",
        "trouve les visages, même tournés ou sous une casquette ; remplace le détecteur intégré",
    ),
    licence=("MIT (Linzaer)", "MIT (Linzaer)"),
    home="https://github.com/Linzaer/Ultra-Light-Fast-Generic-Face-Detector-1MB",
    files=(
        File(
            "version-RFB-320.onnx",
            1270727,
            "34cd7e60aeff28744c657de7a3dc64e872d506741de66987f3426f2b79f88017",
            f"{_RAW}/Linzaer/Ultra-Light-Fast-Generic-Face-Detector-1MB/dffdddda9794a50607cba8f318507a28c1c27cab"
            "/models/onnx/version-RFB-320.onnx",
        ),
    ),
    check="safelight.stages.networks.detectors.rfb:selftest",
)

CLIPSEG = Entry(
    name="clipseg",
    use=("masks of anything that English words name", "masques de tout ce que des mots (anglais) désignent"),
    licence=("Apache-2.0 (University of Göttingen)", "Apache-2.0 (université de Göttingen)"),
    home="https://huggingface.co/CIDAS/clipseg-rd64-refined",
    hub=Hub("CIDAS/clipseg-rd64-refined", "999e0328d9e10b484360c477313983f9afdd7050"),
    files=(
        File("config.json", 4732, "c023375966d31b3b1392764f7bd91df47098ce19f62f11b0263d8eedcf708bcd"),
        File("preprocessor_config.json", 380, "4fb09ebcfd7651205ca8299b993c30088e5535ef350a72d46c5c4580eeac0440"),
        File("special_tokens_map.json", 472, "c4864a9376a8401918425bed71fc14fc0e81f9b59ec45c1cf96cccb2df508eac"),
        File("tokenizer_config.json", 974, "4c75d57fd9bd0be8478ad2d6f8b9cebdd4a45338eb108547329c2b6333476ca6"),
        File("vocab.json", 1059962, "e089ad92ba36837a0d31433e555c8f45fe601ab5c221d4f607ded32d9f7a4349"),
        File("merges.txt", 524619, "9fd691f7c8039210e0fced15865466c65820d09b63988b0174bfe25de299051a"),
        File("model.safetensors", 603049496, "d00ca85d6b859f9d07b7cfb8ef26fe9771cb275b34c9368f2ecf603139307f55"),
    ),
    check="safelight.stages.mask.clipseg:selftest",
)

CLIP = Entry(
    name="clip",
    use=(
        "sorts by words alone (`zeroshot`), and serves classifiers as eyes",
        "trie d'après de simples mots (`zeroshot`) et sert d'yeux aux classifieurs",
    ),
    licence=("MIT (OpenAI)", "MIT (OpenAI)"),
    home="https://huggingface.co/openai/clip-vit-base-patch32",
    hub=Hub("openai/clip-vit-base-patch32", "b33cedfd0df4e43b8238760678fcc89e1a0d38b3"),
    files=(
        File("config.json"),
        File("preprocessor_config.json"),
        File("special_tokens_map.json"),
        File("tokenizer_config.json"),
        File("vocab.json"),
        File("merges.txt"),
        File("model.safetensors", 605157884, "99d28a652e6ec46629ab7047a0ac82c69b1fe11e0ce672c43af65d3a9a3fc05d"),
    ),
    check="safelight.stages.classify.zeroshot:selftest",
)

DIFFUSION = Entry(
    name="sd2-inpainting",
    use=(
        "repaints what a mask covers with anything that English words describe",
        "repeint ce qu'un masque couvre avec tout ce que des mots (anglais) décrivent",
    ),
    licence=(
        "CreativeML Open RAIL++-M (Stability AI): free also commercially, but not for the harmful uses it lists",
        "CreativeML Open RAIL++-M (Stability AI) : libre, même commercialement, sauf pour les usages nuisibles qu'elle énumère",
    ),
    home="https://huggingface.co/sd2-community/stable-diffusion-2-inpainting",
    hub=Hub("sd2-community/stable-diffusion-2-inpainting", "5f74973cbb64c8568780732c17f43eb269d63a0d"),
    files=(
        File("model_index.json"),
        File("scheduler/scheduler_config.json"),
        File("tokenizer/merges.txt"),
        File("tokenizer/special_tokens_map.json"),
        File("tokenizer/tokenizer_config.json"),
        File("tokenizer/vocab.json"),
        File("text_encoder/config.json"),
        File("unet/config.json"),
        File("vae/config.json"),
        File(
            "text_encoder/model.fp16.safetensors",
            680821096,
            "681c555376658c81dc273f2d737a2aeb23ddb6d1d8e5b3a7064636d359a22668",
        ),
        File(
            "unet/diffusion_pytorch_model.fp16.safetensors",
            1731933536,
            "29a698f37775d5904a958c9cebed98184483dfb441729a8e5f98dd5b65df70c8",
        ),
        File(
            "vae/diffusion_pytorch_model.fp16.safetensors",
            167335342,
            "3e4c08995484ee61270175e9e7a072b66a6e4eeb5f0c266667fe1f45b90daf9a",
        ),
    ),
    check="safelight.stages.inpaint.diffusion:selftest",
)

LAMA = Entry(
    name="lama",
    use=(
        "removes what a mask covers and continues what is around it; lighter than sd2-inpainting, takes no words",
        "efface ce qu'un masque couvre et prolonge ce qui l'entoure ; plus léger que sd2-inpainting, ne lit pas de mots",
    ),
    licence=(
        "Apache-2.0 (LaMa by Samsung AI Center; ONNX export by Carve)",
        "Apache-2.0 (LaMa de Samsung AI Center ; export ONNX par Carve)",
    ),
    home="https://huggingface.co/Carve/LaMa-ONNX",
    hub=Hub("Carve/LaMa-ONNX", "c3c0c9e468934d62e79c329e35d82dd09ff8c444"),
    files=(File("lama_fp32.onnx", 208044816, "1faef5301d78db7dda502fe59966957ec4b79dd64e16f03ed96913c7a4eb68d6"),),
    check="safelight.stages.inpaint.lama:selftest",
)

MODELS = table((YOLOX, FACES, CLIPSEG, CLIP, DIFFUSION, LAMA))
"""Name → entry, as `safelight models list` shows them."""
